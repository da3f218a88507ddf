{{ config(full_refresh=false, incremental_strategy='append') }}
select id, grp, quantity, day from {{ ref('moved') }}
