def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="id", on_schema_change="append_new_columns")
    rows = dbt.ref("sales").project("id, shop, price")
    if dbt.is_incremental:
        last = session.sql(f"select max(id) from {dbt.this}").fetchone()[0]
        return rows.filter(f"id >= {last} - 1").project("id, shop, price + 1000 as price, 'again' as how")
    return rows
