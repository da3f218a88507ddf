{{ config(incremental_strategy='delete+insert', unique_key=['id', 'grp']) }}
select id, grp, quantity, day from {{ ref('moved') }}
