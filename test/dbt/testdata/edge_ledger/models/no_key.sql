-- As the folder has it.
select id, grp, quantity, day from {{ ref('moved') }}
