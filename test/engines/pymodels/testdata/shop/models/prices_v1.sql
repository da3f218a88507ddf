select 1 as id, cast(1.5 as decimal(9, 2)) as price
