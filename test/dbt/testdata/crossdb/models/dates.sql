select d,
    {{ dbt.dateadd('day', 10, 'd') }} as plus_days,
    {{ dbt.dateadd('month', -1, 'd') }} as minus_month,
    {{ dbt.dateadd(datepart='hour', interval=5, from_date_or_timestamp='t') }} as plus_hours,
    {{ dbt.dateadd('year', 'n', 'd') }} as plus_years,
    {{ dbt.date_trunc('month', 'd') }} as month,
    {{ dbt.date_trunc('week', 't') }} as week,
    {{ dbt.last_day('d', 'month') }} as last_of_month,
    {{ dbt.last_day('d', 'quarter') }} as last_of_quarter,
    {{ dbt.last_day('d', 'year') }} as last_of_year,
    {{ dbt.date(2026, 2, 28) }} as made
from (values (date '2026-01-31', timestamp '2026-01-31 23:59:59', 4), (date '2024-02-29', timestamp '2024-02-29 00:00:00', 1), (null, null, 1)) as x(d, t, n)
