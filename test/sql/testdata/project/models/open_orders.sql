{{ config(materialized='view') }}
SELECT id, amount FROM {{ ref('orders') }} WHERE status = 'open'
