-- One row per trading day. net_sales = gross_sales + returned_sales, to the tenth of a penny.

with days as (

    select
        sales_date,
        count(distinct case when line_type = 'sale' then invoice_no end) as orders,
        count(*) as lines,
        cast(sum(case when quantity > 0 then quantity else 0 end) as bigint) as units,
        cast(sum(case when quantity > 0 then line_amount else 0 end) as decimal(18, 3)) as gross_sales,
        cast(sum(case when quantity < 0 then line_amount else 0 end) as decimal(18, 3)) as returned_sales,
        cast(sum(line_amount) as decimal(18, 3)) as net_sales
    from {{ ref('counted_lines') }}
    group by sales_date

)

select
    sales_date,
    orders,
    lines,
    units,
    gross_sales,
    returned_sales,
    net_sales,
    cast(
        avg(gross_sales) over (order by sales_date rows between 6 preceding and current row)
        as decimal(18, 3)
    ) as gross_sales_7_day_mean
from days
