"""DuckDB with its iceberg extension."""

import os
from importlib import metadata

import duckdb

from cells import Map, text

WORDS = {
    "boolean": "boolean", "integer": "int", "bigint": "long", "float": "float", "double": "double", "date": "date", "time": "time",
    "timestamp": "timestamp", "timestamp with time zone": "timestamptz", "varchar": "string", "blob": "binary", "uuid": "uuid",
}


def word(kind):
    if kind.id == "struct":
        return "struct<" + ",".join(f"{name}:{word(of)}" for name, of in kind.children) + ">"
    if kind.id == "list":
        return f"list<{word(kind.children[0][1])}>"
    if kind.id == "map":
        return f"map<{word(kind.children[0][1])},{word(kind.children[1][1])}>"
    if kind.id == "decimal":
        return str(kind).lower()
    return WORDS.get(kind.id, str(kind))


def value(kind, cell):
    if cell is None:
        return None
    if kind.id == "struct":
        return {name: value(of, cell[name]) for name, of in kind.children}
    if kind.id == "list":
        return [value(kind.children[0][1], x) for x in cell]
    if kind.id == "map":
        return Map([(k, value(kind.children[1][1], v)) for k, v in cell.items()])
    return cell


class Engine:
    def __init__(self):
        self.db = duckdb.connect()
        self.db.execute("SET TimeZone = 'UTC'")
        for extension in ("httpfs", "avro", "iceberg"):  # in this order
            files = metadata.files(f"duckdb-extension-{extension}")
            self.db.execute(f"LOAD '{next(f.locate() for f in files if f.name.endswith('.duckdb_extension'))}'")
        self.db.execute(f"CREATE SECRET owner (TYPE iceberg, TOKEN '{os.environ['TOKEN']}')")
        self.db.execute(f"ATTACH 'tarn' AS tarn (TYPE iceberg, ENDPOINT '{os.environ['URI']}', SECRET owner)")

    def statement(self, sql):
        self.db.execute(sql)

    def read(self, namespace, table):
        rows = self.db.sql(f"FROM tarn.{namespace}.{table}")
        columns = list(zip(rows.columns, rows.types))
        return text([(name, word(kind)) for name, kind in columns], [[value(kind, cell) for (_, kind), cell in zip(columns, row)] for row in rows.fetchall()])
