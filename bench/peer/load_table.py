"""Loads one table of a database with dlt into Parquet files, by way of Arrow.

load_table.py <SQLAlchemy address> <table> <folder>
"""

import os
import sys

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt  # noqa: E402
from dlt.sources.sql_database import sql_table  # noqa: E402

address, table, folder = sys.argv[1:]
pipeline = dlt.pipeline(
    pipeline_name="load",
    pipelines_dir=os.path.join(folder, "pipelines"),
    destination=dlt.destinations.filesystem(bucket_url=os.path.join(folder, "out")),
    dataset_name="raw",
)
rows = sql_table(credentials=address, table=table, backend="pyarrow", chunk_size=100_000, reflection_level="full_with_precision")
print(pipeline.run(rows, loader_file_format="parquet"))
