"""Runs the compiled SQL of a dbt project in DuckDB, in the order of its
manifest's dependencies, and nothing else.

run_models.py TARGET DATABASE tables|files

"tables" makes tables in the database. "files" makes each as a Parquet file
beside the database, and a view of it that the next models read.
"""

import json
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

target, database, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
manifest = json.loads((target / "manifest.json").read_text())
models = {i: n for i, n in manifest["nodes"].items() if n["resource_type"] == "model"}
order = TopologicalSorter({i: [d for d in n["depends_on"]["nodes"] if d in models] for i, n in models.items()})

con = duckdb.connect(database)  # a file named tarn.duckdb is the database "tarn"
for i in order.static_order():
    n = models[i]
    name, sql = n["relation_name"], n["compiled_code"]
    if n["config"]["materialized"] == "view":
        con.execute(f"CREATE OR REPLACE VIEW {name} AS {sql}")
        continue
    if how == "tables":
        made = con.execute(f"CREATE OR REPLACE TABLE {name} AS {sql}")
    else:
        file = database.parent / f"{n['name']}.parquet"
        made = con.execute(f"COPY ({sql}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    if made.fetchone()[0] == 0:
        sys.exit(f"{name} has no rows")
    if how == "files":
        con.execute(f"CREATE OR REPLACE VIEW {name} AS FROM read_parquet('{file}')")
