{{ config(materialized='table') }}
SELECT customer_id, count(*) AS orders, sum(amount)::DECIMAL(12,2) AS total FROM {{ ref('orders') }} GROUP BY customer_id
