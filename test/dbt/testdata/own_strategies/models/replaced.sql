{{ config(incremental_strategy='delete+insert', unique_key='id') }}
select distinct id, item, quantity from {{ ref('moved') }}
