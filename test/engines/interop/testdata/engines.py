"""Let engines work on the lake of a Tarn project.

    python engines.py ENGINE read PROJECT FOLDER         write every table to FOLDER/<namespace>.<table>, as the engine reads it
    python engines.py pyiceberg make PROJECT FOLDER      make tables of all types, change them, then read
    python engines.py spark make PROJECT SQL FOLDER      run statements, one after the other, then read
    python engines.py parquet read FOLDER FOLDER         read Parquet files

What is written is one row a line, sorted; a table that the engine refuses is one line that begins with "refused".
"""

import datetime
import decimal
import os
import pathlib
import sqlite3
import sys
import uuid

os.environ["TZ"] = "UTC"
JARS = os.environ.get("JARS", "")


def plain(value):
    """The value as text that does not depend on who read it."""
    if isinstance(value, dict):
        return sorted(([plain(k), plain(v)] for k, v in value.items()), key=repr)
    if isinstance(value, list) and value and all(isinstance(x, tuple) and len(x) == 2 for x in value):
        return sorted(([plain(k), plain(v)] for k, v in value), key=repr)
    if isinstance(value, list):
        return [plain(x) for x in value]
    if isinstance(value, (bytes, bytearray)):
        return "0x" + bytes(value).hex()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return value


def write(folder, name, rows):
    path = pathlib.Path(folder, name)
    path.write_text("".join(sorted(repr([[k, plain(v)] for k, v in row.items()]) + "\n" for row in rows)))


def arrow_rows(table):
    import pyarrow

    for i, field in enumerate(table.schema):
        if pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns":
            table = table.set_column(i, field.name, table.column(i).cast(pyarrow.int64()))
    return table.to_pylist()


def catalog_rows(project):
    with sqlite3.connect(f"file:{project}/.tarn/catalog.db?mode=ro", uri=True) as db:
        return db.execute("SELECT table_namespace, table_name, metadata_location FROM iceberg_tables ORDER BY 1, 2").fetchall()


def read(project, folder, rows_of):
    for namespace, table, location in catalog_rows(project):
        name = f"{namespace}.{table}"
        try:
            write(folder, name, rows_of(namespace, table, location))
        except Exception as e:  # whatever it is that an engine says
            pathlib.Path(folder, name).write_text("refused: " + " ".join(str(e).split())[:300] + "\n")


class PyIceberg:
    def __init__(self, project):
        from pyiceberg.catalog.sql import SqlCatalog

        self.warehouse = f"{project}/.tarn/warehouse"
        self.catalog = SqlCatalog("tarn", uri=f"sqlite:///{project}/.tarn/catalog.db", init_catalog_tables="false", warehouse="file://" + self.warehouse)

    def rows(self, namespace, table, location):
        return arrow_rows(self.catalog.load_table(f"{namespace}.{table}").scan().to_arrow())

    def make(self):
        import pyarrow as pa
        import pyarrow.parquet
        from pyiceberg.transforms import BucketTransform, IdentityTransform
        from pyiceberg.types import LongType, StringType

        self.catalog.create_namespace("py")
        types = pa.table({
            "id": pa.array([1, 2], pa.int32()), "b": [True, None], "n": pa.array([2**62, None], pa.int64()),
            "f": pa.array([1.5, None], pa.float32()), "d": [0.1, None], "s": ["it's", None], "bin": [b"\x00\xff", None],
            "fix": pa.array([b"abcd", None], pa.binary(4)), "day": [datetime.date(1969, 12, 31), None],
            "ts": pa.array([datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), None], pa.timestamp("us")),
            "tz": pa.array([datetime.datetime(2026, 1, 1, 0, 0, 0, 1), None], pa.timestamp("us", "UTC")),
            "d9": pa.array([decimal.Decimal("-1.50"), None], pa.decimal128(9, 2)),
            "d18": pa.array([decimal.Decimal("123456789.123456"), None], pa.decimal128(18, 6)),
            "d38": pa.array([decimal.Decimal("12345678901234567890.0123456789"), None], pa.decimal128(38, 10)),
            "st": pa.array([{"a": 1, "b": {"c": "x"}}, None], pa.struct([("a", pa.int32()), ("b", pa.struct([("c", pa.string())]))])),
            "l": pa.array([[{"x": 1}], None], pa.list_(pa.struct([("x", pa.int32())]))),
            "m": pa.array([[("k", {"y": 1})], None], pa.map_(pa.string(), pa.struct([("y", pa.int32())]))),
        })
        table = self.catalog.create_table("py.types", types.schema)
        table.append(types)
        with table.update_schema() as change:
            change.update_column("id", LongType())
            change.rename_column(("st", "a"), "z")
            change.delete_column("b")
        with table.update_schema() as change:
            change.add_column(("st", "a"), StringType())
            change.add_column("more", LongType())
        table.append(pa.table({"id": pa.array([2**40], pa.int64()), "more": pa.array([7], pa.int64())}))
        table.delete("more = 8 or id = 2")

        times = pa.table({"id": pa.array([1], pa.int64()), "t": pa.array([datetime.time(10, 11, 12, 13)], pa.time64("us")),
                          "u": pa.array([uuid.UUID("f79c3e09-677c-4bbd-a479-3f349cb785e7").bytes], pa.uuid())})
        self.catalog.create_table("py.times", times.schema).append(times)

        parts = pa.table({"id": pa.array(range(50), pa.int64()), "p": [f"p{i % 3}" for i in range(50)]})
        table = self.catalog.create_table("py.parts", parts.schema)
        table.append(parts)
        with table.update_spec() as change:
            change.add_field("p", IdentityTransform(), "p")
        table.append(parts)
        with table.update_spec() as change:
            change.remove_field("p")
            change.add_field("id", BucketTransform(4), "id_bucket")
        table.append(parts)
        table.delete("id >= 10 and id < 20")
        table.overwrite(pa.table({"id": pa.array([1000], pa.int64()), "p": ["over"]}), "p = 'p1'")

        added = pa.table({"name": ["added", None], "id": pa.array([1, 2], pa.int64()), "st": [{"b": 2, "a": 1}, None]})
        table = self.catalog.create_table("py.added", added.schema)
        path = f"{self.warehouse}/py/added/data/added.parquet"
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(added, path)
        table.add_files([path])
        with table.update_schema() as change:
            change.rename_column("name", "label")
            change.rename_column(("st", "a"), "z")
        table.append(pa.table({"label": ["own"], "id": pa.array([3], pa.int64())}))


class Spark:
    def __init__(self, project):
        from pyspark.sql import SparkSession

        self.warehouse = f"file://{project}/.tarn/warehouse"
        catalog = "spark.sql.catalog.tarn"
        build = SparkSession.builder.master("local[2]")
        for key, value in {
            "spark.jars": JARS, "spark.driver.memory": "1g", "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1",
            "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "2", "spark.ui.showConsoleProgress": "false",
            "spark.sql.warehouse.dir": f"{project}/.tarn/spill/spark", "spark.sql.parquet.outputTimestampType": "INT96",
            "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            catalog: "org.apache.iceberg.spark.SparkCatalog", f"{catalog}.type": "jdbc", f"{catalog}.jdbc.schema-version": "V1",
            f"{catalog}.uri": f"jdbc:sqlite:{project}/.tarn/catalog.db", f"{catalog}.warehouse": self.warehouse,
        }.items():
            build = build.config(key, value)
        self.spark = build.getOrCreate()
        self.spark.sparkContext.setLogLevel("ERROR")

    def rows(self, namespace, table, location):
        frame = self.spark.table(f"tarn.{namespace}.{table}")
        return [{f.name: self.typed(f.dataType, row[i]) for i, f in enumerate(frame.schema)} for row in frame.collect()]

    def typed(self, kind, value):
        """Spark's timestamps with a zone come without; structs are rows."""
        from pyspark.sql import types

        if value is None:
            return None
        if isinstance(kind, types.TimestampType):
            return value.replace(tzinfo=datetime.timezone.utc)
        if isinstance(kind, types.StructType):
            return {f.name: self.typed(f.dataType, value[i]) for i, f in enumerate(kind)}
        if isinstance(kind, types.ArrayType):
            return [self.typed(kind.elementType, x) for x in value]
        if isinstance(kind, types.MapType):
            return {k: self.typed(kind.valueType, v) for k, v in value.items()}
        return value

    def make(self, statements):
        # What Hive leaves: no field ids, the column of the folders in no file, timestamps of 96 bits.
        self.spark.sql("select id, timestamp'2001-02-03 04:05:06.000007' as ts, cast(id as decimal(9,2)) as price, concat('p ', id % 2) as p from range(10)") \
            .write.partitionBy("p").parquet(f"{self.warehouse}/spark/hive/imported")
        for statement in pathlib.Path(statements).read_text().replace("$WAREHOUSE", self.warehouse).split(";\n"):
            self.spark.sql(statement)
        self.equality_deletes()

    def equality_deletes(self):
        """Equality deletes by Iceberg's own writers, which no statement of Spark's makes."""
        self.spark.sql("create table tarn.spark.equality (id int, v string) using iceberg tblproperties('format-version'='2')")
        self.spark.sql("insert into tarn.spark.equality select cast(id as int), if(id % 2 = 0, null, 'odd') from range(20)")
        jvm = self.spark._jvm
        iceberg = jvm.org.apache.iceberg
        table = iceberg.spark.Spark3Util.loadIcebergTable(self.spark._jsparkSession, "tarn.spark.equality")
        for i, columns in enumerate((["id"], ["id", "v"])):
            ids = self.spark.sparkContext._gateway.new_array(jvm.int, len(columns))
            for at, column in enumerate(columns):
                ids[at] = table.schema().findField(column).fieldId()
            chosen = table.schema().select(columns)
            out = table.io().newOutputFile(f"{table.location()}/data/equality-{i}.parquet")
            factory = iceberg.data.GenericAppenderFactory(table.schema(), table.spec(), ids, chosen, None)
            writer = factory.newEqDeleteWriter(iceberg.encryption.EncryptedFiles.plainAsEncryptedOutput(out), iceberg.FileFormat.PARQUET, None)
            for id in range(3):
                record = iceberg.data.GenericRecord.create(chosen)
                record.setField("id", i * 3 + id)
                writer.write(record)
            writer.close()
            table.newRowDelta().addDeletes(writer.toDeleteFile()).commit()
        self.spark.sql("insert into tarn.spark.equality values (1, 'again'), (4, null)")


class DuckDB:
    def __init__(self, project):
        import duckdb
        from importlib import metadata

        self.db = duckdb.connect()
        self.db.sql("SET TimeZone = 'UTC'")
        for extension in ("avro", "iceberg"):
            files = metadata.files(f"duckdb-extension-{extension}")
            self.db.sql(f"LOAD '{next(f.locate() for f in files if f.name.endswith('.duckdb_extension'))}'")

    def rows(self, namespace, table, location):
        return arrow_rows(self.db.sql(f"FROM iceberg_scan('{location}')").to_arrow_table())


def main(engine, action, project, *rest):
    if engine == "parquet":
        import pyarrow.parquet

        for path in pathlib.Path(project).glob("*.parquet"):
            write(rest[0], path.stem, arrow_rows(pyarrow.parquet.read_table(path)))
        return
    work = {"pyiceberg": PyIceberg, "spark": Spark, "duckdb": DuckDB}[engine](project)
    if action == "make":
        work.make(*rest[:-1])
    read(project, rest[-1], work.rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
