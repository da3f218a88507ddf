"""Merge changed rows into a Parquet file by DuckDB: the later version of each id stays.

    python bench/peer/merge.py base FILE OUTPUT
    python bench/peer/merge.py merge FILE BASE OUTPUT
"""

import sys

import duckdb

COLUMNS = "{id: 'BIGINT', version: 'BIGINT', placed_at: 'TIMESTAMP', customer: 'VARCHAR', price: 'DECIMAL(18,2)', note: 'VARCHAR'}"
READ = f"read_csv('{sys.argv[2]}', auto_detect = false, header = true, delim = ',', columns = {COLUMNS})"

database = duckdb.connect()
if sys.argv[1] == "base":
    database.execute(f"COPY (FROM {READ}) TO '{sys.argv[3]}' (FORMAT parquet, COMPRESSION zstd)")
else:
    base = f"'{sys.argv[3]}'"
    database.execute(f"CREATE TABLE changes AS FROM {READ} QUALIFY row_number() OVER (PARTITION BY id ORDER BY version DESC) = 1")
    database.execute(
        f"""COPY (
            SELECT * FROM {base} b WHERE NOT EXISTS (FROM changes c WHERE c.id = b.id AND c.version >= b.version)
            UNION ALL
            SELECT * FROM changes c WHERE NOT EXISTS (FROM {base} b WHERE b.id = c.id AND b.version > c.version)
        ) TO '{sys.argv[4]}' (FORMAT parquet, COMPRESSION zstd)"""
    )
