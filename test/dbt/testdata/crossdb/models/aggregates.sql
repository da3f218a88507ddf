select k,
    {{ dbt.any_value('c') }} as any_c,
    {{ dbt.bool_or('n > 2') }} as some_large,
    {{ dbt.listagg('s', "', '", 'order by n') }} as listed,
    {{ dbt.listagg('s', "'|'", 'order by n desc', 2) }} as two_listed,
    {{ dbt.listagg('s') }} = '' as not_used
from (values ('a', 1, 'x', 'c1'), ('a', 2, 'y', 'c1'), ('a', 3, 'z', 'c1'), ('b', 1, null, 'c2')) as t(k, n, s, c)
group by k
