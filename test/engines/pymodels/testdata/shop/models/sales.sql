{{ config(materialized='table') }}
select i as id, i * 3 % 4 as shop, cast(i * 1.25 as decimal(18, 2)) as price, i / 3.0 as share,
  date '2024-01-01' + cast(i as integer) as sold_on, timestamp '2024-01-01 10:00:00.123456' + to_hours(i) as sold_at,
  timestamptz '2024-01-01 10:00:00+02' as zoned, time '10:11:12.5' as clock, case when i % 5 = 0 then null else 'Nº ' || i end as note,
  uuid '7f0e1c2a-0000-4000-8000-00000000000a' as code, [i, null, i + 1] as list, {'a': i, 'b': ['x', 'y']} as struct,
  map {'k': i} as map, i % 2 = 0 as even, encode('b' || i) as bytes, cast(null as varchar) as nothing
from range({{ var('days') }}) t(i)
