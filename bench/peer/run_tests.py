"""Runs the SQL of a project's tests in DuckDB, one after the other, as dbt
weighs them, and checks that all pass.

run_tests.py prepare PROJECT        makes the two databases
run_tests.py run PROJECT files|table
"""

import json
import sys
from pathlib import Path

import duckdb

verb, project = sys.argv[1], Path(sys.argv[2])
target = project / "target"


def database(kind):
    folder = project / kind
    folder.mkdir(exist_ok=True)
    return duckdb.connect(folder / "tarn.duckdb")  # the database "tarn"


if verb == "prepare":
    for kind, made in (("files", "VIEW"), ("table", "TABLE")):
        with database(kind) as con:
            for name in ("facts", "keys"):
                files = [str(f) for f in sorted((project / ".tarn/warehouse/main" / name).rglob("*.parquet"))]
                con.execute(f"CREATE {made} {name} AS SELECT * FROM read_parquet({files})")
    results = json.loads((target / "run_results.json").read_text())["results"]
    tests = [r["compiled_code"] for r in results if r["unique_id"].startswith("test.")]
    (project / "tests.json").write_text(json.dumps(tests))
else:
    tests = json.loads((project / "tests.json").read_text())
    assert len(tests) == 50, len(tests)
    with database(sys.argv[3]) as con:
        for sql in tests:
            failures = con.execute(f"SELECT count(*), count(*) != 0, count(*) != 0 FROM ({sql}) dbt_internal_test").fetchone()
            assert failures[0] == 0, sql
