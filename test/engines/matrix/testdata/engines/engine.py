"""Let an engine work on the tables of `tarn serve`.

    python engine.py ENGINE write PLAN FOLDER     do each operation of the plan; FOLDER/<operation> says how it ended
    python engine.py ENGINE read FOLDER TABLE…    read tables; FOLDER/<table> has the rows

The plan is SQL, in sections that begin with "-- operation" and in statements that end with ";" at the end of a line; PyIceberg's is in
with_pyiceberg.py. What an engine refuses is one line that begins with "refused". URI and TOKEN say where the server is.
"""

import importlib
import os
import pathlib
import re
import sys
import time
import traceback

os.environ["TZ"] = "UTC"
time.tzset()


def ends(path, what):
    """Writes how something ended: in what it returned, or in what the engine said."""
    try:
        said = what() or ""
    except Exception as e:  # whatever it is that an engine says
        if os.environ.get("TRACE"):
            traceback.print_exc()
        said = f"refused: {type(e).__name__}: " + " ".join(str(e).split())[:400] + "\n"
    path.write_text(said)


def sections(plan):
    """The operations of a plan of SQL, each with its statements."""
    found = re.split(r"^-- (\w+)\n", pathlib.Path(plan).read_text(), flags=re.M)[1:]
    return {name: [s for s in re.split(r";\n", body) if s.strip()] for name, body in zip(found[::2], found[1::2])}


def write(engine, plan, folder):
    if plan == "-":
        operations = engine.operations()
    else:
        operations = {name: (lambda of=of: [engine.statement(s) for s in of] and None) for name, of in sections(plan).items()}
    for name, operation in operations.items():
        ends(pathlib.Path(folder, name), operation)


def main(name, action, *rest):
    engine = importlib.import_module("with_" + name).Engine()
    if action == "write":
        write(engine, *rest)
        return
    folder, *tables = rest
    for table in tables:
        ends(pathlib.Path(folder, table), lambda table=table: engine.read(*table.split(".")))


if __name__ == "__main__":
    main(*sys.argv[1:])
