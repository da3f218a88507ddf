{{ config(merge_update_set_expressions={'quantity': 'DBT_INTERNAL_DEST.quantity + DBT_INTERNAL_SOURCE.quantity'}, merge_exclude_columns=['grp']) }}
select id, grp, quantity, day from {{ ref('moved') }}
