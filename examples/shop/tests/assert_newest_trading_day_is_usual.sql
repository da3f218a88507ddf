{{ config(evidence='why_newest_day') }}

-- Only the newest trading day is judged: older days have been looked at. It is unusual when its
-- gross sales are more than three times the mean of the seven trading days before it.

with compared as (

    select
        sales_date,
        gross_sales,
        avg(gross_sales) over seven_days_before as mean_of_7_days_before,
        count(*) over seven_days_before as days_before,
        row_number() over (order by sales_date desc) as nth_newest
    from {{ ref('daily_sales') }}
    window seven_days_before as (order by sales_date rows between 7 preceding and 1 preceding)

)

select
    sales_date,
    gross_sales,
    cast(mean_of_7_days_before as decimal(18, 2)) as mean_of_7_days_before,
    cast(gross_sales / mean_of_7_days_before as decimal(9, 2)) as ratio
from compared
where nth_newest = 1
    and days_before = 7
    and gross_sales > 3 * mean_of_7_days_before
