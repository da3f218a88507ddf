"""Load a CSV file of orders into Parquet by DuckDB.

    python bench/peer/load_csv.py FILE OUTPUT [--lines]

Columns are declared, so nothing is sniffed. With --lines each row gets what Tarn gives it: the file,
the line, an id of the load and its time. row_number() over the whole file is DuckDB's fastest way to
line numbers; it is right as long as no record spans lines.
"""

import argparse

import duckdb

COLUMNS = """{id: 'BIGINT', placed_at: 'TIMESTAMP', customer: 'VARCHAR', country: 'VARCHAR',
    quantity: 'BIGINT', price: 'DECIMAL(18,2)', paid: 'BOOLEAN', note: 'VARCHAR'}"""
LINES = ", filename AS _file, row_number() OVER () + 1 AS _line, 'one' AS _load_id, now() AS _loaded_at"

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("file")
parser.add_argument("output")
parser.add_argument("--lines", action="store_true")
options = parser.parse_args()

database = duckdb.connect()
database.execute(
    f"""COPY (
        SELECT * {'EXCLUDE (filename)' if options.lines else ''} {LINES if options.lines else ''}
        FROM read_csv($file, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
            columns = {COLUMNS} {', filename = true' if options.lines else ''})
    ) TO '{options.output}' (FORMAT parquet, COMPRESSION zstd)""",
    {"file": options.file},
)
