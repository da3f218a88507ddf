"""Run bench/shop.sql in DuckDB and say how long it took and what came out.

    python bench/shop/run.py DATA_DIR OUTPUT_DIR [--threads N] [--database FILE]

DATA_DIR holds the daily CSV files; OUTPUT_DIR receives one Parquet file per table. Prints one JSON
object; exits 1 if a test fails. Needs duckdb==1.5.*.

Steps run as soon as what they read is there, up to N at once, each on a connection of its own to the
same database, because most of them are too small to keep two cores busy alone.
"""

import argparse
import concurrent.futures
import json
import pathlib
import re
import sys
import time

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
SCRIPT = HERE.parent / "shop.sql"
SEEDS = HERE.parents[1] / "examples" / "shop" / "seeds"
HEAD = re.compile(r"^-- step: (\w+) (\S+)(?: after (.*))?\n", re.MULTILINE)


def steps():
    """The steps of the script: (kind, name, names of the steps before it, SQL)."""
    _, *parts = HEAD.split(SCRIPT.read_text())
    for kind, name, after, sql in zip(parts[0::4], parts[1::4], parts[2::4], parts[3::4]):
        yield kind, name, set(after.split(", ")) if after else set(), sql


def execute(database, settings, kind, sql):
    """Run one step; a test gives whether it failed, everything else nothing."""
    with database.cursor() as connection:
        for name, value in settings.items():
            connection.execute(f"set variable {name} = ?", [value])
        rows = connection.execute(sql).fetchall()
    return rows[0][1] if kind == "test" else None


def run(database, settings, workers):
    """Run every step when those before it are done; return the tests with their outcome."""
    waiting, running, done, outcomes = list(steps()), {}, set(), {}
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        while waiting or running:
            for step in [s for s in waiting if s[2] <= done][: workers - len(running)]:
                waiting.remove(step)
                kind, name, _, sql = step
                running[pool.submit(execute, database, settings, kind, sql)] = kind, name
            finished, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in finished:
                kind, name = running.pop(future)
                failed = future.result()
                if kind == "test":
                    outcomes[name] = failed
                else:
                    done.add(name)
    return outcomes


def answers(database):
    """Rows by table, and the newest day."""
    tables = database.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where not temporary order by 1"
    ).fetchall()
    rows = {name: database.execute(f"select count(*) from {name}").fetchone()[0] for (name,) in tables}
    newest = database.execute(
        "select sales_date, gross_sales, net_sales from daily_sales order by sales_date desc limit 1"
    ).fetchone()
    return {"rows": rows, "newest_day": dict(zip(["sales_date", "gross_sales", "net_sales"], map(str, newest)))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data_dir", type=pathlib.Path)
    parser.add_argument("output_dir", type=pathlib.Path)
    parser.add_argument("--threads", type=int, help="threads of DuckDB and steps at once; default: cores")
    parser.add_argument("--database", default=":memory:", help="default: in memory")
    options = parser.parse_args()
    options.output_dir.mkdir(parents=True, exist_ok=True)
    settings = {"data_dir": str(options.data_dir), "output_dir": str(options.output_dir), "seed_dir": str(SEEDS)}

    start = time.perf_counter()
    config = {"threads": options.threads} if options.threads else {}
    with duckdb.connect(options.database, config=config) as database:
        database.execute("set timezone = 'UTC'")
        threads = database.execute("select current_setting('threads')").fetchone()[0]
        outcomes = run(database, settings, threads)
        seconds = time.perf_counter() - start
        failed = sorted(name for name, bad in outcomes.items() if bad)
        result = {"duckdb": duckdb.__version__, "threads": threads, "seconds": round(seconds, 3)}
        result |= answers(database) | {"tests": len(outcomes), "failed": failed}
    json.dump(result, sys.stdout, indent=2)
    print()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
