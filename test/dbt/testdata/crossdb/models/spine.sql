select date_day, {{ dbt.get_powers_of_two(12) }} as powers, '{{ dbt.get_intervals_between("date '2026-01-01'", "date '2026-01-05'", "day") }}' as n_days
from ({{ dbt.date_spine('day', "cast('2026-01-01' as date)", "cast('2026-01-05' as date)") }}) as s
