{{ config(materialized='view', tags=['daily'], meta={'owner': 'ada'}) }}
select id, customer, amount, loaded from {{ ref('orders') }}
