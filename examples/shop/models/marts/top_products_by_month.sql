-- The ten best sellers of each month by pieces sold, with the three ways to number a ranking
-- side by side: rank leaves gaps after a tie, dense_rank does not, row_number breaks the tie.

with sold as (

    select
        cast(date_trunc('month', lines.sales_date) as date) as sales_month,
        lines.stock_code,
        count(distinct lines.invoice_no) as orders,
        cast(sum(lines.quantity) as bigint) as units,
        cast(sum(lines.line_amount) as decimal(18, 3)) as gross_sales
    from {{ ref('counted_lines') }} as lines
    where lines.line_type = 'sale'
    group by 1, 2

),

ranked as (

    select
        sold.*,
        products.description,
        rank() over by_units as units_rank,
        dense_rank() over by_units as units_dense_rank,
        row_number() over (
            partition by sold.sales_month
            order by sold.units desc, sold.stock_code
        ) as units_row_number
    from sold
    inner join {{ ref('dim_product') }} as products
        on products.stock_code = sold.stock_code
    where products.kind = 'product'
    window by_units as (partition by sold.sales_month order by sold.units desc)

)

select
    sales_month,
    stock_code,
    description,
    orders,
    units,
    gross_sales,
    units_rank,
    units_dense_rank,
    units_row_number
from ranked
where units_rank <= 10
