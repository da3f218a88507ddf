select 1 as z, 1 as a
