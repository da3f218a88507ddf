def model(dbt, session):
    return dbt.ref("sales").filter("id < 0")
