{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', begin='2026-03-01', batch_size='hour', concurrent_batches=true) }}
select id, seen, n from {{ ref('fresh') }}
