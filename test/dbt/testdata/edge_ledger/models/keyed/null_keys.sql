{{ config(unique_key=['id', 'grp']) }}
select id, grp, quantity, day from {{ ref('moved') }}
