with a as (select * from (values (1), (2), (2)) as t(n)), b as (select * from (values (2), (3)) as t(n))
select 'except' as op, n from (select n from a {{ dbt.except() }} select n from b)
union all
select 'intersect', n from (select n from a {{ dbt.intersect() }} select n from b)
