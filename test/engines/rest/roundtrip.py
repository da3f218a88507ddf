"""Use Tarn's REST catalog as PyIceberg's users do.

    python roundtrip.py URI TOKEN COUNT    COUNT is what Tarn says of web.access_log: "count_star()\n9999"
"""

import decimal
import sys

import pyarrow
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import CommitFailedException, NamespaceAlreadyExistsError, NamespaceNotEmptyError, NoSuchTableError, TableAlreadyExistsError
from pyiceberg.types import StringType


def refused(error, what, *args, **named):
    try:
        what(*args, **named)
    except error:
        return
    raise AssertionError(f"{what} did not raise {error}")


def rows(*numbers):
    schema = pyarrow.schema([pyarrow.field("id", pyarrow.int64(), nullable=False), ("amount", pyarrow.decimal128(9, 2)), ("city", pyarrow.string())])
    return pyarrow.Table.from_pylist([{"id": n, "amount": decimal.Decimal(10 * n), "city": f"c{n % 2}"} for n in numbers], schema=schema)


def reads_what_tarn_built(catalog, count):
    log = catalog.load_table("web.access_log")
    assert log.scan().to_arrow().num_rows == int(count), log
    log.append(log.scan(limit=1).to_arrow())


def makes_and_changes_a_table(catalog):
    catalog.create_namespace("engines", {"owner": "ada"})
    refused(NamespaceAlreadyExistsError, catalog.create_namespace, "engines")
    properties = catalog.load_namespace_properties("engines")
    assert properties.pop("location").endswith("/engines") and properties == {"owner": "ada"}, properties
    changed = catalog.update_namespace_properties("engines", removals={"owner", "none"}, updates={"place": "here"})
    assert (changed.removed, changed.updated, changed.missing) == (["owner"], ["place"], ["none"]), changed

    table = catalog.create_table("engines.draft", schema=rows().schema)
    refused(TableAlreadyExistsError, catalog.create_table, "engines.draft", schema=rows().schema)
    table.append(rows(1, 2))
    other = catalog.load_table("engines.draft")
    with other.update_schema() as update:
        update.add_column("region", StringType())
    with other.update_spec() as update:
        update.add_identity("city")
    refused(CommitFailedException, lambda: table.update_schema().add_column("late", StringType()).commit())
    table.refresh()
    table.append(rows(3).append_column("region", pyarrow.array(["north"])))
    table.delete("id = 1")
    table.append(rows(1).append_column("region", pyarrow.nulls(1, pyarrow.string())))
    catalog.rename_table("engines.draft", "engines.orders")
    refused(NoSuchTableError, catalog.load_table, "engines.draft")
    assert sorted(catalog.load_table("engines.orders").scan().to_arrow()["id"].to_pylist()) == [1, 2, 3]


def removes_what_it_made(catalog):
    catalog.create_namespace(("engines", "deep"))
    with catalog.create_table_transaction(("engines", "deep", "once"), schema=rows().schema) as transaction:
        transaction.append(rows(7))
    assert catalog.load_table(("engines", "deep", "once")).scan().to_arrow().num_rows == 1
    assert catalog.list_namespaces("engines") == [("engines", "deep")]
    refused(NamespaceNotEmptyError, catalog.drop_namespace, ("engines", "deep"))
    catalog.purge_table(("engines", "deep", "once"))
    catalog.drop_namespace(("engines", "deep"))


if __name__ == "__main__":
    uri, token, count = sys.argv[1:]
    refused(Exception, load_catalog, "tarn", type="rest", uri=uri, token="a-guess-at-the-token")
    catalog = load_catalog("tarn", type="rest", uri=uri, credential=f"test:{token}")
    reads_what_tarn_built(catalog, count.split()[-1])
    makes_and_changes_a_table(catalog)
    removes_what_it_made(catalog)
    print("PyIceberg found everything as it should be")
