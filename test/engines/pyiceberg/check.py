"""Compare what PyIceberg reads from a lake with what Tarn says is in it.

    python check.py compare CATALOG_DB FOLDER    every FOLDER/<namespace>.<table>.parquet, row by row
    python check.py append CATALOG_DB TABLE      append the first row of the table to it once more
"""

import collections
import pathlib
import sys

import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog


def open_catalog(path):
    # PyIceberg must not create tables of its own in the database: they are there.
    return SqlCatalog("tarn", uri=f"sqlite:///{path}", init_catalog_tables="false")


def rows(table):
    """The rows as a multiset; values as Python sees them, so that types count, not their encodings."""
    return collections.Counter(repr(sorted(row.items())) for row in table.to_pylist())


def compare(catalog, folder):
    differences = []
    names = {".".join(name) for namespace in catalog.list_namespaces() for name in catalog.list_tables(namespace)}
    exports = {path.stem: path for path in pathlib.Path(folder).glob("*.parquet")}
    if names != set(exports):
        differences.append(f"PyIceberg lists {sorted(names)}, Tarn {sorted(exports)}")
    for name in sorted(names & set(exports)):
        theirs, ours = rows(catalog.load_table(name).scan().to_arrow()), rows(pyarrow.parquet.read_table(exports[name]))
        print(f"{name}: {theirs.total()} rows")
        if theirs != ours:
            only_theirs, only_ours = list((theirs - ours).elements()), list((ours - theirs).elements())
            differences.append(
                f"{name}: {len(only_theirs)} rows only PyIceberg reads, such as {only_theirs[:1]}, "
                f"{len(only_ours)} only Tarn, such as {only_ours[:1]}"
            )
    return differences


def append(catalog, name):
    table = catalog.load_table(name)
    table.append(table.scan(limit=1).to_arrow())
    return []


if __name__ == "__main__":
    action, database, argument = sys.argv[1:]
    problems = {"compare": compare, "append": append}[action](open_catalog(database), argument)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)
