"""Runs the compiled SQL of a dbt project in DuckDB, in the order of its
manifest's dependencies, and nothing else.

run_models.py TARGET DATABASE
"""

import json
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb

target, database = Path(sys.argv[1]), sys.argv[2]
manifest = json.loads((target / "manifest.json").read_text())
models = {i: n for i, n in manifest["nodes"].items() if n["resource_type"] == "model"}
order = TopologicalSorter({i: [d for d in n["depends_on"]["nodes"] if d in models] for i, n in models.items()})

con = duckdb.connect(database)  # a file named tarn.duckdb is the database "tarn"
for i in order.static_order():
    n = models[i]
    kind = "VIEW" if n["config"]["materialized"] == "view" else "TABLE"
    con.execute(f"CREATE OR REPLACE {kind} {n['relation_name']} AS {n['compiled_code']}")
