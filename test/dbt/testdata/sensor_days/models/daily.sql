{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', begin='2026-03-01', batch_size='day', lookback=2) }}
select id, seen, value, room,
  '{{ model.batch.id if model.batch else "" }}' as batch,
  '{{ model.batch.event_time_start if model.batch else "" }}' as batch_start,
  '{{ model.batch.event_time_end.isoformat() if model.batch else "" }}' as batch_end,
  {{ is_incremental() }} as incremental, {{ should_full_refresh() }} as anew,
  (select count(*) from {{ ref('readings') }}) as of_the_batch,
  (select count(*) from {{ ref('readings').render() }}) as of_all,
  {% if is_incremental() %}(select count(*) from {{ this }}){% else %}0{% endif %} as before
from {{ ref('readings') }} join {{ ref('devices') }} using (device)
