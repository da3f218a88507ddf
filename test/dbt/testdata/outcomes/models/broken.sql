{{ config(materialized='table') }}
select * from {{ ref('numbers') }} where no_such_column > 1
