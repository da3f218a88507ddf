def model(dbt, session):
    import polars as pl

    return dbt.ref("sales").pl().select("id", "price", "sold_on", "note", "list", (pl.col("id") * 2).alias("twice")).filter(pl.col("id") % 2 == 0)
