{{ config(materialized='view') }}
select distinct on (id) * from {{ ref('moved') }} order by id
