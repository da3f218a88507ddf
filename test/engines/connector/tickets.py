"""A connector: reads tickets from JSON files, new ones only.

It shows the protocol of docs/connectors.md with a source small enough to read:
a folder with one file for each day.
"""

import json
import pathlib
import sys

import pyarrow as pa

SCHEMA = pa.schema([
    ("id", pa.int64()),
    ("subject", pa.string()),
    ("labels", pa.list_(pa.string())),
    ("opened_at", pa.timestamp("us", tz="UTC")),
    ("_tarn_reject", pa.string()),  # why a row is none
    ("_tarn_raw", pa.string()),     # what was there instead
    ("_tarn_state", pa.string()),   # JSON: what the next load goes on from
])


def rows_of(path):
    for line in path.read_text().splitlines():
        row = dict.fromkeys(SCHEMA.names)
        row["_tarn_state"] = json.dumps(path.name)
        try:
            ticket = json.loads(line)
            row.update(id=int(ticket["id"]), subject=ticket["subject"], labels=ticket["labels"],
                       opened_at=ticket["opened_at_us"])
        except (ValueError, KeyError) as error:
            row.update(_tarn_reject=f"{type(error).__name__}: {error}", _tarn_raw=line)
        yield row


def main():
    ask = json.load(sys.stdin)
    folder = pathlib.Path(ask["options"]["folder"])
    done = ask["state"] or ""
    print("reading", folder, "from", done or "the start", file=sys.stderr)
    with pa.ipc.new_stream(sys.stdout.buffer, SCHEMA) as out:
        for path in sorted(folder.glob("*.jsonl")):
            if path.name > done:
                out.write_batch(pa.RecordBatch.from_pylist(list(rows_of(path)), schema=SCHEMA))


if __name__ == "__main__":
    main()
