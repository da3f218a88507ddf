"""Keeps and compares the relations of DuckDB databases.

compare.py keep DATABASE COPY        the rows of every table and view of now, as tables of COPY;
                                     prints [[schema, name], …]
compare.py compare FIRST SECOND LIST FIRST and SECOND are copies of what dbt built twice; LIST is
                                     JSON: [{"schema", "name", "file" or "error"}, …] with what Tarn
                                     built as Parquet; prints a verdict for each
compare.py tell FIRST SECOND         prints the relations of FIRST as text, with ? for values of
                                     columns that are different in SECOND
"""

import json
import os
import sys

import duckdb

# What Iceberg has in place of types that it has not.
STORED = {
    "TINYINT": "INTEGER", "SMALLINT": "INTEGER", "UTINYINT": "INTEGER", "USMALLINT": "INTEGER",
    "UINTEGER": "BIGINT", "UBIGINT": "DECIMAL(20,0)", "HUGEINT": "DECIMAL(38,0)", "UHUGEINT": "DECIMAL(38,0)",
    "JSON": "VARCHAR", "TIMESTAMP_S": "TIMESTAMP", "TIMESTAMP_MS": "TIMESTAMP",
}


def quote(*names):
    return ".".join('"' + n.replace('"', '""') + '"' for n in names)


def stored(kind):
    return "VARCHAR" if kind.startswith("ENUM") else STORED.get(kind, kind)


def relations(con, catalog):
    return con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $1 and not internal "
        "union all select schema_name, view_name from duckdb_views() where database_name = $1 and not internal "
        "order by all", [catalog]).fetchall()


def keep(database, copy):
    con = duckdb.connect()
    con.execute(f"attach '{database}' (read_only); attach '{copy}' as kept_rows")
    catalog = os.path.splitext(os.path.basename(database))[0]
    con.execute(f"use {quote(catalog)}")
    kept = []
    for schema, name in relations(con, catalog):
        con.execute(f"create schema if not exists {quote('kept_rows', schema)}")
        try:
            con.execute(f"create table {quote('kept_rows', schema, name)} as from {quote(catalog, schema, name)}")
        except duckdb.Error as e:  # a view on something that went away
            print(f"{schema}.{name}: {e}", file=sys.stderr)
            continue
        kept.append([schema, name])
    print(json.dumps(kept))


def columns(con, relation):
    return {row[0]: row[1] for row in con.execute(f"describe from {relation}").fetchall()}


def bag(con, relation, column):
    """The values of a column, whatever the order of the rows."""
    return con.execute(f"select count(*), sum(hash({quote(column)}::varchar)::hugeint) from {relation}").fetchone()


def nulls(con, relation, column):
    return con.execute(f"select count(*), count({quote(column)}) from {relation}").fetchone()


def differing(con, a, b, limit):
    rows = con.execute(f"from ({a}) except all from ({b}) limit {limit}").fetchall()
    return [[str(v) for v in row] for row in rows]


def compare(con, first, second, item):
    out = {"relation": item["schema"] + "." + item["name"]}
    if "file" not in item:
        return out | {"missing": item["error"]}
    tarn = f"read_parquet('{item['file']}')"
    want, have = columns(con, first), columns(con, tarn)
    count = "select count(*) from "
    out["rows"], out["tarn_rows"] = con.execute(count + first).fetchone()[0], con.execute(count + tarn).fetchone()[0]
    again = con.execute(count + second).fetchone()[0]
    if [c.lower() for c in want] != [c.lower() for c in have]:
        out["columns"] = f"{', '.join(want)} here and {', '.join(have)} in Tarn"
    out["types"] = [f"{c} {want[c]}, in Tarn {have[h]}" for c, h in zip(want, have) if stored(want[c]) != have[h]]
    out["volatile"] = [c for c in want if bag(con, first, c) != bag(con, second, c)]
    if "columns" in out or out["rows"] != out["tarn_rows"] and out["rows"] == again:
        return out
    ours, theirs = [], []
    for c, h in zip(want, have):
        if c not in out["volatile"]:
            ours.append(quote(h))
            theirs.append(f"{quote(c)}::{have[h]}")
        elif nulls(con, first, c) == nulls(con, second, c):  # at least where there is a value
            ours.append(quote(h) + " is null")
            theirs.append(quote(c) + " is null")
    if not ours:
        return out
    ours, theirs = f"select {', '.join(ours)} from {tarn}", f"select {', '.join(theirs)} from {first}"
    try:
        out["only_dbt"], out["only_tarn"] = differing(con, theirs, ours, 3), differing(con, ours, theirs, 3)
    except duckdb.Error as e:
        out["types"].append(f"cannot be compared: {e}")
    return out


def escaped(value):
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def tell(con, first, second, name):
    kinds = columns(con, first)
    unsteady = [c for c in kinds if bag(con, first, c) != bag(con, second, c)]
    out = [f"-- {name}"]
    if unsteady:
        out.append("# not steady: " + "\t".join(unsteady))
    out.append("\t".join(f"{c} {stored(kind)}" for c, kind in kinds.items()))
    texts = ", ".join(f"if({quote(c)} is null, null, '?')" if c in unsteady else f"{quote(c)}::varchar" for c in kinds)
    return out + sorted("\t".join(map(escaped, row)) for row in con.execute(f"select {texts} from {first}").fetchall())


def main():
    if sys.argv[1] == "keep":
        keep(sys.argv[2], sys.argv[3])
        return
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.execute(f"attach '{sys.argv[2]}' as first (read_only); attach '{sys.argv[3]}' as second (read_only)")
    if sys.argv[1] == "tell":
        for schema, name in relations(con, "first"):
            lines = tell(con, quote("first", schema, name), quote("second", schema, name), f"{schema}.{name}")
            print("\n".join(lines) + "\n")
        return
    kept_twice = set(relations(con, "second"))
    verdicts = []
    for item in json.load(open(sys.argv[4])):
        key = (item["schema"], item["name"])
        second = "second" if key in kept_twice else "first"
        verdicts.append(compare(con, quote("first", *key), quote(second, *key), item))
    print(json.dumps(verdicts))


main()
