"""Spark with Iceberg's runtime."""

import datetime
import os

from pyspark.sql import SparkSession, types

from cells import Map, text

WORDS = {
    types.BooleanType: "boolean", types.IntegerType: "int", types.LongType: "long", types.FloatType: "float", types.DoubleType: "double",
    types.DateType: "date", types.TimestampType: "timestamptz", types.TimestampNTZType: "timestamp", types.StringType: "string",
    types.BinaryType: "binary",
}


def word(kind):
    if isinstance(kind, types.StructType):
        return "struct<" + ",".join(f"{f.name}:{word(f.dataType)}" for f in kind) + ">"
    if isinstance(kind, types.ArrayType):
        return f"list<{word(kind.elementType)}>"
    if isinstance(kind, types.MapType):
        return f"map<{word(kind.keyType)},{word(kind.valueType)}>"
    return WORDS.get(type(kind), kind.simpleString())


def value(kind, cell):
    if cell is None:
        return None
    if isinstance(kind, types.TimestampType):  # in the zone of the process, which is UTC
        return cell.replace(tzinfo=datetime.timezone.utc)
    if isinstance(kind, types.StructType):
        return {f.name: value(f.dataType, cell[i]) for i, f in enumerate(kind)}
    if isinstance(kind, types.ArrayType):
        return [value(kind.elementType, x) for x in cell]
    if isinstance(kind, types.MapType):
        return Map([(value(kind.keyType, k), value(kind.valueType, v)) for k, v in cell.items()])
    return cell


class Engine:
    def __init__(self):
        catalog = "spark.sql.catalog.tarn"
        build = SparkSession.builder.master("local[2]")
        for key, setting in {
            "spark.jars": os.environ["JARS"], "spark.driver.memory": "1g", "spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1",
            "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "2", "spark.ui.showConsoleProgress": "false",
            "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            catalog: "org.apache.iceberg.spark.SparkCatalog", f"{catalog}.type": "rest", f"{catalog}.uri": os.environ["URI"],
            f"{catalog}.token": os.environ["TOKEN"],
        }.items():
            build = build.config(key, setting)
        self.spark = build.getOrCreate()
        self.spark.sparkContext.setLogLevel("ERROR")

    def statement(self, sql):
        self.spark.sql(sql)

    def read(self, namespace, table):
        frame = self.spark.table(f"tarn.{namespace}.{table}")
        rows = [[value(f.dataType, row[i]) for i, f in enumerate(frame.schema)] for row in frame.collect()]
        return text([(f.name, word(f.dataType)) for f in frame.schema], rows)
