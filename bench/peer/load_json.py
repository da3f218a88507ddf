"""Load a JSON file into Parquet by DuckDB.

    python bench/peer/load_json.py FILE OUTPUT FORMAT

FORMAT is newline_delimited or array. Types are found out, as DuckDB does it by default.
"""

import argparse

import duckdb

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("file")
parser.add_argument("output")
parser.add_argument("format")
options = parser.parse_args()

database = duckdb.connect()
database.execute(
    f"""COPY (SELECT * FROM read_json($file, format = '{options.format}'))
        TO '{options.output}' (FORMAT parquet, COMPRESSION zstd)""",
    {"file": options.file},
)
