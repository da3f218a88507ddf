"""Load a log of Log4j's, stack traces joined to their records, into Parquet by DuckDB.

    python bench/peer/load_java_log.py FILE OUTPUT

A line that begins with a time begins a record; a running count of them says which record a line
belongs to. One regular expression takes a record apart.
"""

import argparse

import duckdb

PATTERN = r"(?s)^(\S+ \S+) \[([^\]]*)\] (\w+) +(\S+) - ([^\n]*)\n?((?:([\w.$]+)(?:: ([^\n]*))?\n.*)?)$"
FIELDS = ["time", "thread", "level", "logger", "message", "stack_trace", "exception_class", "exception_message"]

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("file")
parser.add_argument("output")
options = parser.parse_args()

database = duckdb.connect(config={"threads": 1})
database.execute("SET timezone = 'UTC'")
database.execute(
    f"""COPY (
        SELECT * REPLACE (strptime("time", '%Y-%m-%d %H:%M:%S,%g') AS "time")
        FROM (
            SELECT unnest(regexp_extract(record, $pattern, {FIELDS})), _line
            FROM (
                SELECT min(n) AS _line, string_agg(line, chr(10) ORDER BY n) AS record
                FROM (
                    SELECT n, line, sum(regexp_matches(line, '^\\d{{4}}-\\d\\d-\\d\\d ')::INTEGER) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) AS nth
                    FROM (
                        SELECT row_number() OVER () AS n, line
                        FROM read_csv($file, auto_detect = false, header = false, delim = '\x01', quote = '', escape = '',
                            columns = {{line: 'VARCHAR'}})
                    )
                )
                GROUP BY nth
            )
        )
    ) TO '{options.output}' (FORMAT parquet, COMPRESSION zstd)""",
    {"file": options.file, "pattern": PATTERN},
)
