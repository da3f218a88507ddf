-- Day by day: gross and returned make net, and net is what the lines of the day come to,
-- whether cancellations are matched or not.

with facts as (

    select
        sales_date,
        sum(line_amount) as net_sales
    from {{ ref('fct_sales') }}
    group by sales_date

)

select
    coalesce(facts.sales_date, days.sales_date) as sales_date,
    facts.net_sales as net_sales_of_lines,
    days.gross_sales,
    days.returned_sales,
    days.net_sales
from facts
full outer join {{ ref('daily_sales') }} as days
    on days.sales_date = facts.sales_date
where days.net_sales is distinct from facts.net_sales
    or days.net_sales <> days.gross_sales + days.returned_sales
    or days.returned_sales > 0
