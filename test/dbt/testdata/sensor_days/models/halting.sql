{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', begin='2026-03-01', batch_size='day') }}
select id, seen, {{ is_incremental() }} as incremental {% if var('broken') %}, case when day(seen) in (2, 3) then error('no')::integer end as spoilt{% else %}, 1 as spoilt{% endif %}
from {{ ref('readings') }}
