{{ config(incremental_strategy='append') }}
select id, item, quantity from {{ ref('moved') }}
