{{ config(materialized='view') }}
select * from {{ ref('readings') }}
