select 1 as z, 2 as a
