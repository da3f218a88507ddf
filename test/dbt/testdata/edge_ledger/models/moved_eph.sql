{{ config(materialized='ephemeral') }}
select * from {{ ref('moved') }} where id is not null
