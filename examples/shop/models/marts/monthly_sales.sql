-- The days added up by month, with the best day of each.

with ranked as (

    select
        *,
        cast(date_trunc('month', sales_date) as date) as sales_month,
        row_number() over (
            partition by date_trunc('month', sales_date)
            order by gross_sales desc, sales_date
        ) as nth_best
    from {{ ref('daily_sales') }}

)

select
    sales_month,
    count(*) as trading_days,
    cast(sum(orders) as bigint) as orders,
    cast(sum(gross_sales) as decimal(18, 3)) as gross_sales,
    cast(sum(net_sales) as decimal(18, 3)) as net_sales,
    max(case when nth_best = 1 then sales_date end) as best_day,
    max(case when nth_best = 1 then gross_sales end) as best_day_gross_sales
from ranked
group by sales_month
