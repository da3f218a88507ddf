def model(dbt, session):
    import polars as pl

    return dbt.ref("sales").pl().lazy().group_by("shop").agg(pl.len().alias("sold"), pl.col("price").sum())
