import pandas as pd


def model(dbt, session):
    dbt.config(materialized="table", colour="red", tags=["frames"])
    df = dbt.ref("sales").df()
    df["colour"] = dbt.config.get("colour")
    df["missing"] = dbt.config.get("nothing", "none")
    df["owner"] = dbt.config.meta_get("owner", "nobody")
    df["month"] = pd.to_datetime(df["sold_on"]).dt.strftime("%Y-%m")
    df["maybe"] = df["id"].where(df["even"])
    return df.drop(columns=["zoned"])
