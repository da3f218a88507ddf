select * from (values ('first', 1), ('second', 2)) t(label, id)
