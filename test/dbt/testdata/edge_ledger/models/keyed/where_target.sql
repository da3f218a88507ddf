{{ config(incremental_strategy='delete+insert', unique_key=['id', 'grp'], incremental_predicates=['DBT_INCREMENTAL_TARGET.quantity < 11']) }}
select id, grp, quantity, day from {{ ref('moved') }}
