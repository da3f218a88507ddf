-- The months hold the same money as the days.

with days as (

    select
        sum(gross_sales) as gross_sales,
        sum(net_sales) as net_sales
    from {{ ref('daily_sales') }}

),

months as (

    select
        sum(gross_sales) as gross_sales,
        sum(net_sales) as net_sales
    from {{ ref('monthly_sales') }}

)

select
    days.gross_sales as gross_sales_of_days,
    months.gross_sales as gross_sales_of_months,
    days.net_sales as net_sales_of_days,
    months.net_sales as net_sales_of_months
from days
cross join months
where days.gross_sales is distinct from months.gross_sales
    or days.net_sales is distinct from months.net_sales
