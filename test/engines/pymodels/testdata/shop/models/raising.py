def model(dbt, session):
    share = 1 / 0
    return share
