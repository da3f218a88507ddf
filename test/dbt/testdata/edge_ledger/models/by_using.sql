{{ config(merge_on_using_columns=['id']) }}
select id, grp, quantity, day from {{ ref('moved') }}
