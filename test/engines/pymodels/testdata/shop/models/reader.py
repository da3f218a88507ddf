def model(dbt, session):
    return dbt.ref("sales").to_arrow_reader(3)
