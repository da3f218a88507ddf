def model(dbt, session):
    return dbt.ref("sales").filter("id > 3").order("id")
