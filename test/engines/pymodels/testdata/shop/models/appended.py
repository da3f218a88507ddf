def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append")
    return session.sql(f"select {1 if dbt.is_incremental else 0} as run, '{dbt.this.schema}.{dbt.this.identifier}' as name")
