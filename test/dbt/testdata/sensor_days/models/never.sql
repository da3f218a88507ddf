{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', begin='2026-03-01', batch_size='day') }}
select id, seen {% if var('broken') %}, error('never')::integer as spoilt{% endif %} from {{ ref('readings') }}
