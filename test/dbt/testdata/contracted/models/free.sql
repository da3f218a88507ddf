select 1 as whatever
