"""PyIceberg, and its plan: it has calls instead of statements."""

import datetime as dt
import os
import uuid
from decimal import Decimal

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import BucketTransform, DayTransform, IdentityTransform
from pyiceberg.types import DecimalType, DoubleType, IntegerType, LongType, NestedField, StringType, TimestampType

from arrow import arrow_text

TYPES = pa.schema({
    "id": pa.int64(), "ok": pa.bool_(), "small": pa.int32(), "f": pa.float32(), "d": pa.float64(), "d9": pa.decimal128(9, 2),
    "d18": pa.decimal128(18, 6), "d38": pa.decimal128(38, 10), "day": pa.date32(), "ts": pa.timestamp("us"),
    "tz": pa.timestamp("us", "UTC"), "s": pa.string(), "bin": pa.binary(),
})
UTC = dt.timezone.utc
HERE = "pyiceberg"


def rows(schema, *values):
    schema = pa.schema(schema)
    return pa.Table.from_pylist([dict(zip(schema.names, row)) for row in values], schema=schema)


def named(*values):
    return rows({"id": pa.int64(), "v": pa.string()}, *values)


class Engine:
    def __init__(self):
        self.catalog = load_catalog("tarn", type="rest", uri=os.environ["URI"], token=os.environ["TOKEN"])

    def read(self, namespace, table):
        return arrow_text(self.catalog.load_table(f"{namespace}.{table}").scan().to_arrow())

    def operations(self):
        self.catalog.create_namespace(HERE)
        return {name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")}

    def made(self, name, first, version=2, **how):
        """A table with its first rows."""
        table = self.catalog.create_table(f"{HERE}.{name}", first.schema, properties={"format-version": str(version), **how})
        table.append(first)
        return table

    def do_create(self):
        self.catalog.create_table(f"{HERE}.create", TYPES)

    def do_append(self):
        table = self.made("append", rows(TYPES, (
            1, True, 2147483647, 1.5, 0.1, Decimal("1234567.89"), Decimal("123456789.123456"), Decimal("12345678901234567890.0123456789"),
            dt.date(1969, 12, 31), dt.datetime(1969, 12, 31, 23, 59, 59, 999999), dt.datetime(2026, 1, 1, 10, 0, 0, 1, UTC), "it's ☃", b"\x00\xff",
        ), (
            -(2**63), False, -(2**31), float("nan"), float("inf"), Decimal("-9999999.99"), Decimal("-0.000001"), Decimal("-" + "9" * 28 + "." + "9" * 10),
            dt.date(9999, 12, 31), dt.datetime(9999, 12, 31), dt.datetime(1900, 1, 1, tzinfo=UTC), "", b"",
        )))
        table.append(rows(TYPES, (3,)))

    def do_nested(self):
        self.made("nested", rows(
            {"id": pa.int64(), "st": pa.struct({"a": pa.int32(), "b": pa.struct({"c": pa.string()})}), "l": pa.list_(pa.string()), "m": pa.map_(pa.string(), pa.int64())},
            (1, {"a": 1, "b": {"c": "x"}}, ["p", None, "q"], [("k", 7), ("n", None)]), (2,), (3, {"a": None, "b": {"c": None}}, [], []),
        ))

    def do_nested_deep(self):
        self.made("nested_deep", rows(
            {"id": pa.int64(), "l": pa.list_(pa.struct({"x": pa.int32()})), "m": pa.map_(pa.string(), pa.struct({"y": pa.int32()}))},
            (1, [{"x": 5}, {"x": None}], [("k", {"y": 7})]), (2,),
        ))

    def do_uuid(self):
        self.made("uuid", rows({"id": pa.int64(), "u": pa.uuid()}, (1, uuid.UUID("f79c3e09-677c-4bbd-a479-3f349cb785e7").bytes), (2, None)))

    def do_time(self):
        self.made("time", rows({"id": pa.int64(), "t": pa.time64("us")}, (1, dt.time(10, 11, 12, 13)), (2, None)))

    def do_add(self):
        table = self.made("add", named((1, "a")))
        table.update_schema().add_column("n", IntegerType()).commit()
        table.append(rows({"id": pa.int64(), "v": pa.string(), "n": pa.int32()}, (2, "b", 2)))

    def do_rename(self):
        table = self.made("rename", named((1, "a")))
        table.update_schema().rename_column("v", "label").commit()
        table.append(rows({"id": pa.int64(), "label": pa.string()}, (2, "b")))

    def do_widen(self):
        table = self.made("widen", rows({"n": pa.int32(), "f": pa.float32(), "p": pa.decimal128(4, 2)}, (1, 1.5, Decimal("12.34"))))
        table.update_schema().update_column("n", LongType()).update_column("f", DoubleType()).update_column("p", DecimalType(9, 2)).commit()
        table.append(rows({"n": pa.int64(), "f": pa.float64(), "p": pa.decimal128(9, 2)}, (3000000000, 0.1, Decimal("1234567.89"))))

    def do_drop(self):
        table = self.made("drop", named((1, "gone")))
        table.update_schema().delete_column("v").commit()
        table.update_schema().add_column("v", StringType()).commit()
        table.append(named((2, "again")))

    def do_reorder(self):
        table = self.made("reorder", named((1, "a")))
        table.update_schema().move_first("v").commit()
        table.append(rows({"v": pa.string(), "id": pa.int64()}, ("b", 2)))

    def do_nested_evolve(self):
        table = self.made("nested_evolve", rows({"id": pa.int64(), "st": pa.struct({"a": pa.int32(), "c": pa.string()})}, (1, {"a": 1, "c": "gone"})))
        table.update_schema().rename_column(("st", "a"), "z").delete_column(("st", "c")).add_column(("st", "b"), StringType()).commit()
        table.append(rows({"id": pa.int64(), "st": pa.struct({"z": pa.int32(), "b": pa.string()})}, (2, {"z": 2, "b": "x"})))

    def do_partition(self):
        kinds = pa.schema({"id": pa.int64(), "ts": pa.timestamp("us"), "s": pa.string()})
        schema = Schema(NestedField(1, "id", LongType()), NestedField(2, "ts", TimestampType()), NestedField(3, "s", StringType()))
        spec = PartitionSpec(
            PartitionField(source_id=2, field_id=1000, transform=DayTransform(), name="ts_day"),
            PartitionField(source_id=1, field_id=1001, transform=BucketTransform(4), name="id_bucket"),
            PartitionField(source_id=3, field_id=1002, transform=IdentityTransform(), name="s"),
        )
        table = self.catalog.create_table(f"{HERE}.partition", schema, partition_spec=spec)
        table.append(rows(
            kinds, (1, dt.datetime(2026, 1, 1, 10), "north"), (2, dt.datetime(2026, 1, 1, 23, 59, 59, 999999), "south"),
            (3, dt.datetime(2026, 1, 2), None), (4, None, "north"),
        ))

    def do_repartition(self):
        kinds = {"id": pa.int64(), "s": pa.string()}
        table = self.made("repartition", rows(kinds, (1, "before")))
        table.update_spec().add_field("s", IdentityTransform(), "s").commit()
        table.append(rows(kinds, (2, "by s")))
        table.update_spec().add_field("id", BucketTransform(4), "id_bucket").commit()
        table.append(rows(kinds, (3, "by s and id")))
        table.update_spec().remove_field("s").commit()
        table.append(rows(kinds, (4, "by id")))

    def do_replace(self):
        self.made("replace", named((1, "gone")))
        with self.catalog.replace_table_transaction(f"{HERE}.replace", pa.schema({"n": pa.int32(), "day": pa.date32()})) as change:
            change.append(rows({"n": pa.int32(), "day": pa.date32()}, (7, dt.date(2026, 1, 1))))

    def ten(self, name, *args, **how):
        return self.made(name, named(*((n, "a") for n in range(10))), *args, **how)

    def do_delete(self):
        self.ten("delete").delete("id < 3 or id = 7")

    def do_update(self):
        self.ten("update").overwrite(named((3, "u"), (8, "u")), "id in (3, 8)")

    def do_merge(self):
        self.ten("merge").upsert(named((8, "m"), (9, "m"), (20, "n")), ["id"])

    def three(self, table):
        table.delete("id < 3 or id = 7")
        table.overwrite(named((3, "u"), (8, "u")), "id in (3, 8)")
        table.upsert(named((8, "m"), (9, "m"), (20, "n")), ["id"])

    def do_marked(self):
        self.three(self.ten("marked", **{f"write.{what}.mode": "merge-on-read" for what in ("delete", "update", "merge")}))

    def do_vectors(self):
        self.three(self.ten("vectors", 3, **{f"write.{what}.mode": "merge-on-read" for what in ("delete", "update", "merge")}))
