{{ config(materialized='view') }}
select account, id from {{ ref('payments') }}
