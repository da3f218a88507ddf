{{ config(merge_update_condition='DBT_INTERNAL_SOURCE.quantity > 6', merge_insert_condition='DBT_INTERNAL_SOURCE.quantity < 50') }}
select id, grp, quantity, day from {{ ref('moved') }}
