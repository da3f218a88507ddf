select 2 as id, cast(2.5 as decimal(9, 2)) as price
