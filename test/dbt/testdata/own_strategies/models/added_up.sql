{{ config(incremental_strategy='merge', unique_key='id') }}
select distinct id, item, quantity from {{ ref('moved') }}
