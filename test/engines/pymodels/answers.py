"""Write down what dbt made: the state of each model and the rows of each table.

    python answers.py DATABASE RUN_RESULTS
"""

import json
import sys

import duckdb


def table(con, name):
    columns = [row[:2] for row in con.sql(f'describe "{name}"').fetchall()]
    texts = ", ".join(f'cast("{column}" as varchar) as "{column}"' for column, _ in columns)
    return {"columns": columns, "rows": con.sql(f'select {texts} from "{name}" order by all').fetchall()}


database, results = sys.argv[1:]
con = duckdb.connect(database, read_only=True)
# dbt leaves behind the tables that it passed incremental rows through.
tables = con.sql("select table_name from duckdb_tables() where schema_name = 'main'").fetchall()
names = [row[0] for row in tables if "__dbt_tmp" not in row[0]]
with open(results, encoding="utf-8") as file:
    states = {result["unique_id"]: result["status"] for result in json.load(file)["results"]}
json.dump({"states": states, "tables": {name: table(con, name) for name in sorted(names)}}, sys.stdout)
