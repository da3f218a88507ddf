-- The shop never traded on a Saturday. A day that did has a wrong date.

select date_day
from {{ ref('dim_date') }}
where iso_weekday = 6
    and is_trading_day
