{{ config(full_refresh=true) }}
select id from {{ ref('moved') }}
