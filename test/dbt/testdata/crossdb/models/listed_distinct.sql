select {{ dbt.listagg(measure='distinct s', delimiter_text="';'", order_by_clause='order by s') }} as distinct_values
from (values ('b'), ('a'), ('b')) as t(s)
