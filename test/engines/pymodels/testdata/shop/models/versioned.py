def model(dbt, session):
    return dbt.ref("prices", v=1).union(dbt.ref("prices")).union(dbt.ref("shop", "prices", version=2))
