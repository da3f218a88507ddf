{{ config(incremental_strategy='new_keys', unique_key='id', incremental_predicates=["came.quantity <> 100"]) }}
select distinct id, item, quantity from {{ ref('moved') }}
