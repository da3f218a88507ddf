select n, {{ dbt.dateadd('day', 'n', "date '2026-01-01'") }} as day
from ({{ dbt.generate_series(12) }}) as s(n)
