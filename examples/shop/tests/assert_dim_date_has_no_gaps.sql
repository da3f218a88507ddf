-- The calendar holds every day from its first to its last.

select
    min(date_day) as first_day,
    max(date_day) as last_day,
    count(*) as days
from {{ ref('dim_date') }}
having count(*) <> max(date_day) - min(date_day) + 1
