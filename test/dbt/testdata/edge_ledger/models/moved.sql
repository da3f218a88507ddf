{{ config(materialized='view') }}
select id, grp, quantity, moved_at, day from {{ ref('movements') }} where day = {{ var('day') }}
