{{ config(store_failures_as='view', alias='large_numbers', severity='warn') }}
select * from {{ ref('numbers') }} where n > 1
