{{ config(materialized='view') }}
select * from {{ ref('customers') }} where id > 1
