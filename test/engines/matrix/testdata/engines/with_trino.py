"""Trino."""

import os

import trino.dbapi

import sql
from cells import Map, text

WORDS = {
    "boolean": "boolean", "integer": "int", "bigint": "long", "real": "float", "double": "double", "date": "date", "time(6)": "time",
    "timestamp(6)": "timestamp", "timestamp(6) with time zone": "timestamptz", "varchar": "string", "varbinary": "binary", "uuid": "uuid",
}


def value(cell):
    if isinstance(cell, dict):
        return Map([(k, value(v)) for k, v in cell.items()])
    if isinstance(cell, tuple):  # a row, which has names
        return {name: value(cell[i]) for i, name in enumerate(cell.__annotations__["names"])}
    if isinstance(cell, list):
        return [value(x) for x in cell]
    return cell


class Engine:
    def __init__(self):
        self.connection = trino.dbapi.connect(host="127.0.0.1", port=int(os.environ["TRINO"]), user="test", catalog="tarn", timezone="UTC")

    def statement(self, text):
        cursor = self.connection.cursor()
        cursor.execute(text)
        return cursor, cursor.fetchall()

    def read(self, namespace, table):
        cursor, rows = self.statement(f'SELECT * FROM tarn."{namespace}"."{table}"')
        return text([(c[0], sql.word(c[1], WORDS)) for c in cursor.description], [[value(cell) for cell in row] for row in rows])
