{{ config(materialized='view') }}
-- What the warehouse tells on a day.
select * exclude (day), day as told_on from {{ ref('movements') }} where day = {{ var('day') }}
