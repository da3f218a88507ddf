select * from (values (1, null), (1, null), (2, 3)) t(a, b)
