{{ config(incremental_strategy='delete+insert', predicates=['quantity < 10']) }}
select id, grp, quantity, day from {{ ref('moved') }}
