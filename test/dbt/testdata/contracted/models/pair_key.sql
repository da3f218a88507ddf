select * from (values (1, 2), (1, 2), (2, 3)) t(a, b)
