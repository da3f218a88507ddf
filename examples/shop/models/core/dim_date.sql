-- Every calendar day from the first to the last day of trading, whether the shop traded or not.

with trading_days as (

    select distinct sales_date
    from {{ ref('stg_invoices') }}

),

calendar as (

    select cast(
        unnest(generate_series(min(sales_date), max(sales_date), interval 1 day)) as date
    ) as date_day
    from trading_days

)

select
    calendar.date_day,
    cast(extract(year from calendar.date_day) as integer) as year_number,
    cast(extract(quarter from calendar.date_day) as integer) as quarter_number,
    cast(extract(month from calendar.date_day) as integer) as month_number,
    cast(date_trunc('month', calendar.date_day) as date) as month_start,
    cast(extract(isodow from calendar.date_day) as integer) as iso_weekday,
    trading_days.sales_date is not null as is_trading_day
from calendar
left join trading_days
    on trading_days.sales_date = calendar.date_day
