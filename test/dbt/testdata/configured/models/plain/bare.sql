{{ config(materialized='table') }}
select "Full Name", "order", code from {{ ref('people') }}
