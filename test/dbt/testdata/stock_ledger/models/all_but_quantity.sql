{{ config(incremental_strategy='merge', unique_key='id', merge_exclude_columns=['quantity']) }}
select id, item, quantity, told_on from {{ ref('moved') }}
