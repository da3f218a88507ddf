{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', begin='2025-02-14', batch_size='year') }}
select id, seen, '{{ model.batch.id if model.batch else "" }}' as batch from {{ source('raw', 'unseen') }}
