{{ config(materialized='incremental', full_refresh=true) }}
select '{{ var("day", "monday") }}' as day, {{ 'true' if is_incremental() else 'false' }} as again
