{{ config(materialized='view') }}
select * exclude (day), day as told_on from {{ ref('movements') }} where day = {{ var('day') }}
