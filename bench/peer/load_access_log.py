"""Load an access log in Apache's combined format into Parquet by DuckDB.

    python bench/peer/load_access_log.py FILE OUTPUT

One regular expression takes a line apart; it is DuckDB's only way, and one match for all fields is
its fastest.
"""

import argparse

import duckdb

PATTERN = (
    r'^(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+) ([^"]*)" (\d+) (\d+|-) "([^"]*)" "([^"]*)"$'
)
FIELDS = [
    "remote_host", "ident", "remote_user", "time", "method", "path", "protocol", "status", "bytes",
    "referrer", "user_agent",
]

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("file")
parser.add_argument("output")
options = parser.parse_args()

database = duckdb.connect(config={"threads": 1})
database.execute("SET timezone = 'UTC'")
database.execute(
    f"""COPY (
        SELECT * REPLACE (
            strptime("time", '%d/%b/%Y:%H:%M:%S %z') AS "time",
            status::BIGINT AS status,
            try_cast(bytes AS BIGINT) AS bytes
        )
        FROM (
            SELECT unnest(regexp_extract(line, $pattern, {FIELDS})), row_number() OVER () AS _line
            FROM read_csv($file, auto_detect = false, header = false, delim = '\x01', quote = '', escape = '',
                columns = {{line: 'VARCHAR'}})
        )
    ) TO '{options.output}' (FORMAT parquet, COMPRESSION zstd)""",
    {"file": options.file, "pattern": PATTERN},
)
