select a, b
    {%- for part in ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'] %},
    {{ dbt.datediff('a', 'b', part) }} as {{ part }}s
    {%- endfor %}
from (values
    (timestamp '2025-12-31 23:59:59', timestamp '2026-01-01 00:00:00'),
    (timestamp '2026-03-01 12:00:00', timestamp '2026-02-01 11:00:00'),
    (timestamp '2026-01-04 00:00:00', timestamp '2026-01-05 00:00:00'),
    (timestamp '2026-01-01 00:00:00', timestamp '2026-01-01 00:00:00')
) as x(a, b)
