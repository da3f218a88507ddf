{{ config(incremental_strategy='merge', unique_key=['id', 'item'], merge_update_columns=['quantity']) }}
select id, item, quantity, told_on from {{ ref('moved') }}
