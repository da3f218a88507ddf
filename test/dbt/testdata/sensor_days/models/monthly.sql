{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', begin='2026-02-14', batch_size='month') }}
select id, seen, '{{ model.batch.id if model.batch else "" }}' as batch from {{ source('raw', 'seen') }}
