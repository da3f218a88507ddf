"""What Tarn read, which it wrote as Parquet files."""

import os
import pathlib

import pyarrow.parquet

from arrow import arrow_text


class Engine:
    def read(self, namespace, table):
        return arrow_text(pyarrow.parquet.read_table(pathlib.Path(os.environ["PARQUET"], f"{namespace}.{table}.parquet")))
