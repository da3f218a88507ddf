{{ config(materialized='table') }}
select colour, count(*) as n, sum(price) as total from {{ ref('by_pandas') }} group by all
