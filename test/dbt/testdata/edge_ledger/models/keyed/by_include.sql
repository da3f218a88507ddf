{{ config(merge_update_columns=['quantity'], merge_update_set_expressions={'grp': "'changed'"}) }}
select id, grp, quantity, day from {{ ref('moved') }}
