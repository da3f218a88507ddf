{{ config(incremental_predicates=['DBT_INTERNAL_DEST.quantity < 10', "DBT_INTERNAL_SOURCE.grp is not null"]) }}
select id, grp, quantity, day from {{ ref('moved') }}
