{{ config(incremental_strategy='delete+insert', unique_key='item') }}
select item, id, quantity, told_on from {{ ref('moved') }}
