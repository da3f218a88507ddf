{{ config(merge_returning_columns=['id']) }}
select id, grp, quantity, day from {{ ref('moved') }}
