"""Write files with each format's own writer, and compare what Tarn loaded with what the writers were given.

    python formats.py make PROJECT      a project with files and an ingest definition for each
    python formats.py compare PROJECT   PROJECT/out/<table>.parquet, as Tarn exports it, value by value
"""

import datetime as dt
import decimal
import json
import math
import pathlib
import sqlite3
import sys
import uuid

import fastavro
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

D, UTC = decimal.Decimal, dt.timezone.utc
ID = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
DAY, CLOCK = dt.date(2024, 2, 29), dt.time(23, 59, 59, 999999)
MOMENT = dt.datetime(1969, 12, 31, 23, 59, 59, 123456)
ZONED = MOMENT.replace(tzinfo=UTC)
FAR = dt.datetime(9999, 12, 31, 23, 59, 59, 999000)

# Name, Arrow type, values. Each is followed by a NULL.
PARQUET = [
    ("bool", pa.bool_(), [True, False]),
    ("int8", pa.int8(), [-128, 127]),
    ("int16", pa.int16(), [-32768, 32767]),
    ("int32", pa.int32(), [-(2**31), 2**31 - 1]),
    ("int64", pa.int64(), [-(2**63), 2**63 - 1]),
    ("uint8", pa.uint8(), [0, 255]),
    ("uint16", pa.uint16(), [0, 65535]),
    ("uint32", pa.uint32(), [0, 2**32 - 1]),
    ("uint64", pa.uint64(), [0, 2**64 - 1]),
    ("half", pa.float16(), [1.5, -0.25]),
    ("float", pa.float32(), [0.5, math.inf]),
    ("double", pa.float64(), [0.1, -math.inf]),
    ("decimal5", pa.decimal128(5, 2), [D("-999.99"), D("0.01")]),
    ("decimal38", pa.decimal128(38, 10), [D("1234567890123456789012345678.0123456789"), D(0)]),
    ("decimal256", pa.decimal256(38, 3), [D("-1.234"), D(5)]),
    ("text", pa.string(), ["", "zß水🍌\n"]),
    ("large_text", pa.large_string(), ["a" * 100_000, "b"]),
    ("bytes", pa.binary(), [b"", b"\x00\xff"]),
    ("fixed", pa.binary(3), [b"abc", b"\x00\x01\x02"]),
    ("dictionary", pa.dictionary(pa.int32(), pa.string()), ["x", "y"]),
    ("date", pa.date32(), [DAY, dt.date(1, 1, 1)]),
    ("time_ms", pa.time32("ms"), [dt.time(1, 2, 3, 4000), dt.time(0)]),
    ("time_us", pa.time64("us"), [CLOCK, dt.time(0)]),
    ("time_ns", pa.time64("ns"), [CLOCK, dt.time(0)]),
    ("moment_ms", pa.timestamp("ms"), [FAR, MOMENT.replace(microsecond=5000)]),
    ("moment_us", pa.timestamp("us"), [MOMENT, FAR]),
    ("moment_ns", pa.timestamp("ns"), [MOMENT, dt.datetime(2024, 1, 1)]),
    ("zoned", pa.timestamp("us", tz="Europe/Berlin"), [ZONED, ZONED + dt.timedelta(days=1)]),
    ("duration", pa.duration("us"), [dt.timedelta(days=1), dt.timedelta(microseconds=-5)]),
    ("list", pa.list_(pa.int32()), [[1, None, 3], []]),
    ("lists", pa.list_(pa.list_(pa.string())), [[["a"], None, []], [[None]]]),
    ("struct", pa.struct([("a", pa.int32()), ("b", pa.struct([("c", pa.string())]))]), [{"a": 1, "b": {"c": "x"}}, {"a": None, "b": None}]),
    ("structs", pa.list_(pa.struct([("a", pa.int64()), ("d", pa.date32())])), [[{"a": 1, "d": DAY}, {"a": 2, "d": None}], []]),
    ("map", pa.map_(pa.string(), pa.int64()), [[("a", 1), ("b", None)], []]),
]
# What a column's values are in the table, where that is another value.
LOADED = {"duration": lambda d: d // dt.timedelta(microseconds=1)}
decimal.getcontext().prec = 100

AVRO = [
    ("boolean", "boolean", [True, False]),
    ("int", "int", [-(2**31), 2**31 - 1]),
    ("long", "long", [-(2**63), 2**63 - 1]),
    ("float", "float", [0.5, math.inf]),
    ("double", "double", [0.1, -math.inf]),
    ("string", "string", ["", "zß水🍌\n"]),
    ("bytes", "bytes", [b"", b"\x00\xff"]),
    ("fixed", {"type": "fixed", "name": "f3", "size": 3}, [b"abc", b"\x00\x01\x02"]),
    ("enum", {"type": "enum", "name": "suit", "symbols": ["HEARTS", "SPADES"]}, ["SPADES", "HEARTS"]),
    ("decimal", {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 3}, [D("-12345678901234567.891"), D("0.001")]),
    ("fixed_decimal", {"type": "fixed", "name": "d9", "size": 9, "logicalType": "decimal", "precision": 18, "scale": 0}, [D("-999999999999999999"), D(1)]),
    ("date", {"type": "int", "logicalType": "date"}, [DAY, dt.date(1, 1, 1)]),
    ("time_millis", {"type": "int", "logicalType": "time-millis"}, [dt.time(1, 2, 3, 4000), dt.time(0)]),
    ("time_micros", {"type": "long", "logicalType": "time-micros"}, [CLOCK, dt.time(0)]),
    ("timestamp_millis", {"type": "long", "logicalType": "timestamp-millis"}, [ZONED.replace(microsecond=5000), FAR.replace(tzinfo=UTC)]),
    ("timestamp_micros", {"type": "long", "logicalType": "timestamp-micros"}, [ZONED, FAR.replace(tzinfo=UTC)]),
    ("local", {"type": "long", "logicalType": "local-timestamp-micros"}, [MOMENT, FAR]),
    ("uuid", {"type": "string", "logicalType": "uuid"}, [ID, ID]),
    ("list", {"type": "array", "items": ["null", "int"]}, [[1, None, 3], []]),
    ("map", {"type": "map", "values": ["null", "long"]}, [[("a", 1), ("b", None)], []]),
    ("record", {"type": "record", "name": "r", "fields": [{"name": "a", "type": ["null", "int"]}, {"name": "s", "type": "string"}]}, [{"a": 1, "s": "x"}, {"a": None, "s": ""}]),
    ("numbers", ["null", "int", "double"], [5, 0.5]),
]

# Cells, in sheets as they are made: nothing is finer than a millisecond.
EXCEL = [
    ("whole", [1, -(2**40)]),
    ("number", [0.1, 1e300]),
    ("text", ["zß水🍌\ny", "  007 "]),
    ("boolean", [True, False]),
    ("date", [DAY, dt.date(1900, 3, 1)]),
    ("moment", [dt.datetime(2024, 2, 29, 12, 30, 15, 250000), dt.datetime(1950, 1, 1)]),
    ("clock", [dt.time(12, 30, 15), dt.time(0, 0, 1)]),
    ("mixed", [1, "one"]),
]

SQLITE = [
    ("id", "INTEGER", [-(2**63), 2**63 - 1]),
    ("real", "REAL", [0.1, 1e300]),
    ("text", "TEXT", ["", "zß水🍌\n"]),
    ("bytes", "BLOB", [b"", b"\x00\xff"]),
    ("money", "DECIMAL(9,2)", [1.5, -2]),
    ("day", "DATE", ["2024-02-29", "1900-01-01"]),
    ("at", "DATETIME", ["2024-02-29 12:30:15.25", "1950-01-01T00:00:00"]),
    ("flag", "BOOLEAN", [1, 0]),
    ("anything", "", [1, "one"]),
]
SQLITE_LOADED = {
    "money": [D("1.50"), D("-2.00")], "day": [DAY, dt.date(1900, 1, 1)], "flag": [True, False],
    "at": [dt.datetime(2024, 2, 29, 12, 30, 15, 250000), dt.datetime(1950, 1, 1)], "anything": ["1", "one"],
}
CODECS = ["null", "deflate", "bzip2", "snappy", "zstandard"]


def make_parquet(path, **options):
    columns = {name: pa.array(values + [None], type) for name, type, values in PARQUET}
    pq.write_table(pa.table(columns), path, row_group_size=2, **options)


def make_old_parquet(path):
    """As Spark and Impala wrote times: int96."""
    pq.write_table(pa.table({"at": pa.array([MOMENT, FAR.replace(year=2200), None], pa.timestamp("us"))}), path, use_deprecated_int96_timestamps=True)


def make_avro(path, codec):
    fields = [{"name": name, "type": type if isinstance(type, list) else ["null", type]} for name, type, _ in AVRO]
    schema = fastavro.parse_schema({"type": "record", "name": "types", "namespace": "lab", "fields": fields})
    rows = [{name: dict(values[i]) if name == "map" else values[i] for name, _, values in AVRO} for i in range(2)]
    rows.append({name: None for name, _, _ in AVRO})
    with open(path, "wb") as out:
        fastavro.writer(out, schema, rows, codec=codec, sync_interval=100)


def make_openpyxl(path):
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Types")
    sheet.append([name for name, _ in EXCEL])
    for i in range(2):
        sheet.append([values[i] for _, values in EXCEL])
    sheet["A5"] = "=1/0"  # no value is stored with it: its row goes to quarantine
    book.save(path)


def make_xlsxwriter(path):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Types")
    formats = {"date": "yyyy-mm-dd", "moment": "dd/mm/yy hh:mm", "clock": "[$-409]h:mm:ss AM/PM;@"}
    for column, (name, values) in enumerate(EXCEL):
        style = book.add_format({"num_format": formats[name]}) if name in formats else None
        sheet.write(0, column, name)
        for row, value in enumerate(values):
            sheet.write(row + 1, column, value, style)
    sheet.write_formula("A5", "=1/0", None, "#DIV/0!")
    book.close()


def make_sqlite(path):
    with sqlite3.connect(path) as db:
        db.execute(f"CREATE TABLE types ({', '.join(f'{name} {type}' for name, type, _ in SQLITE)})")
        for i in range(2):
            db.execute(f"INSERT INTO types VALUES ({', '.join('?' * len(SQLITE))})", [values[i] for _, _, values in SQLITE])
        db.execute("INSERT INTO types DEFAULT VALUES")
        db.execute("INSERT INTO types (id, money) VALUES (7, 'much')")  # goes to quarantine
    db.close()


def make(project):
    data = project / "data"
    data.mkdir(parents=True)
    make_parquet(data / "plain.parquet", compression="none", use_dictionary=False, data_page_version="2.0")
    make_parquet(data / "zstd.parquet", compression="zstd")
    make_old_parquet(data / "int96.parquet")
    for codec in CODECS:
        make_avro(data / f"{codec}.avro", codec)
    make_openpyxl(data / "openpyxl.xlsx")
    make_xlsxwriter(data / "xlsxwriter.xlsx")
    make_sqlite(data / "types.db")
    tables = {name: {"from": "file", "path": f"data/{name}.{ending}"} for name, ending in files()}
    tables["sqlite"] = {"from": "sqlite", "path": "data/types.db", "table": "types"}
    (project / "dbt_project.yml").write_text("name: formats\n")
    (project / "ingest").mkdir()
    (project / "ingest" / "lab.yml").write_text(json.dumps({"source": "lab", "tables": tables}))


def files():
    yield from [("plain", "parquet"), ("zstd", "parquet"), ("int96", "parquet"), ("openpyxl", "xlsx"), ("xlsxwriter", "xlsx")]
    yield from [(codec, "avro") for codec in CODECS]


def expected(table):
    """Columns with their values, the last of which is NULL where the file has such a row."""
    if table in ("plain", "zstd"):
        return {name: [LOADED.get(name, lambda v: v)(v) for v in values] + [None] for name, _, values in PARQUET}
    if table == "int96":
        return {"at": [ZONED, FAR.replace(year=2200, tzinfo=UTC), None]}
    if table in CODECS:
        return {name: values + [None] for name, _, values in AVRO}
    if table == "sqlite":
        return {name: SQLITE_LOADED.get(name, values) + [None] for name, _, values in SQLITE}
    cells = dict(EXCEL)
    return {**cells, "mixed": ["1", "one"]}


def plain(value):
    """A value without what only its container knows: digits behind a decimal's last, how a UUID is stored, the name of UTC."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, D)):
        return ("number", D(value).normalize() if math.isfinite(value) else value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(UTC)
    if isinstance(value, dict):
        return {name: plain(v) for name, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def compare(project):
    problems = []
    for table in [name for name, _ in files()] + ["sqlite"]:
        rows = pq.read_table(project / "out" / f"{table}.parquet").to_pydict()
        for name, want in expected(table).items():
            got = [plain(v) for v in rows.get(name, ["no such column"])]
            want = [plain(v) for v in want]
            if repr(got) != repr(want):
                problems.append(f"{table}.{name}: loaded {got!r:.300}, written {want!r:.300}")
        print(f"{table}: {len(expected(table))} columns")
    return problems


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "make":
        make(folder)
    else:
        differences = compare(folder)
        print("\n".join(differences))
        sys.exit(1 if differences else 0)
