-- What made the newest trading day what it is: its ten largest lines, where each came from,
-- and which invoice cancelled it, if one did.

with newest_day as (

    select max(sales_date) as sales_date
    from {{ ref('daily_sales') }}

)

select
    lines.invoice_no,
    lines.quantity,
    lines.line_amount,
    lines.invoiced_at,
    matched.cancelled_by,
    matched.cancelled_at,
    products.description,
    lines._tarn_file,
    lines._tarn_line,
    matched.cancelled_in_file || ':' || matched.cancelled_in_line as cancelled_in
from {{ ref('counted_lines') }} as lines
inner join newest_day
    on newest_day.sales_date = lines.sales_date
left join {{ ref('dim_product') }} as products
    on products.stock_code = lines.stock_code
left join {{ ref('matched_cancellations') }} as matched
    on matched._tarn_file = lines._tarn_file
    and matched._tarn_line = lines._tarn_line
where lines.quantity > 0
order by lines.line_amount desc, lines._tarn_file, lines._tarn_line
limit 10
