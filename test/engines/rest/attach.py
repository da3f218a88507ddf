"""Use Tarn's REST catalog from DuckDB.

    python attach.py URI TOKEN    the catalog has web.access_log
"""

import glob
import os
import sys
import sysconfig

import duckdb


def extensions():
    """The extensions that are installed as Python packages, by name."""
    found = glob.glob(sysconfig.get_paths()["purelib"] + "/duckdb_extension_*/**/*.duckdb_extension", recursive=True)
    return {os.path.basename(path).split(".")[0]: path for path in found}


def want(connection, sql, rows):
    found = connection.execute(sql).fetchall()
    assert found == rows, f"{sql}: {found}, not {rows}"


if __name__ == "__main__":
    uri, token = sys.argv[1:]
    lake = duckdb.connect()
    for name in ("httpfs", "avro", "iceberg"):  # in this order
        lake.execute(f"LOAD '{extensions()[name]}'")
    lake.execute(f"CREATE SECRET owner (TYPE iceberg, TOKEN '{token}')")
    lake.execute(f"ATTACH 'tarn' AS tarn (TYPE iceberg, ENDPOINT '{uri}', SECRET owner)")
    want(lake, "SELECT count(*) > 9000 FROM tarn.web.access_log", [(True,)])
    lake.execute("CREATE SCHEMA tarn.duck")
    lake.execute("CREATE TABLE tarn.duck.pets (id BIGINT, name VARCHAR)")
    lake.execute("INSERT INTO tarn.duck.pets VALUES (1, 'ada'), (2, 'bob')")
    lake.execute("CREATE TABLE tarn.duck.numbers AS SELECT range AS n FROM range(10)")
    lake.execute("BEGIN")  # two tables at once
    lake.execute("INSERT INTO tarn.duck.pets VALUES (3, 'cleo')")
    lake.execute("INSERT INTO tarn.duck.numbers VALUES (90)")
    lake.execute("COMMIT")
    want(lake, "SELECT * FROM tarn.duck.pets ORDER BY id", [(1, "ada"), (2, "bob"), (3, "cleo")])
    want(lake, "SELECT sum(n) FROM tarn.duck.numbers", [(135,)])
    lake.execute("DELETE FROM tarn.duck.pets WHERE id = 1")
    lake.execute("CREATE TABLE tarn.duck.gone (id BIGINT)")
    lake.execute("DROP TABLE tarn.duck.gone")
    print("DuckDB found everything as it should be")
