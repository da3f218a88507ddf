def model(dbt, session):
    sales = dbt.ref("sales")
    return sales.set_alias("a").join(sales.set_alias("b"), "a.id = b.id + 1").project("a.id as id, b.id as before")
