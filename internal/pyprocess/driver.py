"""Runs one Python model for Tarn.

Lines of JSON come in on standard input and go out on standard output: first the
job comes in, then the driver asks for inputs, and at the end it says how the
model ended. What the model itself prints goes to standard error. Rows are in
files: inputs are Arrow files, the answer is an Arrow stream.
"""

import json
import linecache
import os
import queue
import signal
import sys
import threading
import traceback
import types

BATCH = 65536  # rows


class Missing(BaseException):
    """A package that is needed and not there; no model's `except Exception` gets it."""

    def __init__(self, package):
        super().__init__(package)
        self.package = package


class Wrong(Exception):
    """What a model does wrong, as a sentence."""


class Line:
    """The line to Tarn. When Tarn is gone, this process and all it started go too."""

    def __init__(self):
        self.out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self.incoming = os.fdopen(os.dup(0), "rb")
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        self.heard = queue.Queue()
        self.lock = threading.Lock()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.incoming:
            self.heard.put(json.loads(line))
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    def hear(self):
        return self.heard.get()

    def say(self, message):
        self.out.write(json.dumps(message) + "\n")
        self.out.flush()

    def ask(self, message):
        with self.lock:
            self.say(message)
            return self.hear()


def package(name):
    try:
        return __import__(name)
    except ModuleNotFoundError as e:
        if e.name != name:
            raise
        return None


def arrow():
    found = package("pyarrow")
    if found is None:
        raise Missing("pyarrow")
    import pyarrow.ipc

    return found


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class NoSession:
    """Stands for the session where there is no DuckDB."""

    def __getattr__(self, name):
        raise Missing("duckdb")


class Inputs:
    """What the model may read: each is fetched when it is first asked for."""

    def __init__(self, job, line):
        self.line, self.listed, self.tables = line, job["inputs"], {}
        self.duckdb = package("duckdb")
        self.session = self.open(job["settings"]) if self.duckdb else NoSession()

    def open(self, settings):
        session = self.duckdb.connect(config=settings)
        session.execute("attach ':memory:' as tarn")
        session.execute("use tarn")
        return session

    def find(self, kind, key, version=None):
        for i, known in enumerate(self.listed):
            if (known["kind"], known["key"], known["version"]) == (kind, key, str(version or "")):
                return i
        call = ", ".join(repr(part) for part in key)
        raise Wrong(f"dbt.{kind}({call}) is said nowhere in the file with its names written out, and so Tarn did not expect it")

    def fetch(self, i):
        """The rows of an input as an Arrow table over its file; None is that there are none."""
        name = self.listed[i]["name"]
        if name not in self.tables:
            pyarrow = arrow()
            told = self.line.ask({"want": i})
            if told.get("missing"):
                return None
            table = pyarrow.ipc.open_file(pyarrow.memory_map(told["file"])).read_all()
            self.tables[name] = table
            if self.duckdb:
                self.register(self.listed[i], "tarn_input_" + str(len(self.tables)), table, told["types"])
        return self.tables[name]

    def register(self, known, raw, table, told):
        """Makes rows readable under the name that Tarn has for them, in the types that they have there."""
        self.session.register(raw, table)
        have = [str(t) for t in self.session.view(raw).types]
        columns = [
            quoted(name) if a == b else f"cast({quoted(name)} as {b}) as {quoted(name)}"
            for name, a, b in zip(table.column_names, have, told)
        ]
        schema = quoted(known["schema"] or "main")
        self.session.execute(f"create schema if not exists tarn.{schema}")
        known["view"] = f"tarn.{schema}.{quoted(known['identifier'])}"
        self.session.execute(f"create or replace view {known['view']} as select {', '.join(columns)} from temp.main.{raw}")

    def read(self, i):
        table = self.fetch(i)
        if not self.duckdb:
            return table
        views = [known["view"] for known in self.listed if known["name"] == self.listed[i]["name"] and "view" in known]
        return self.session.query("select * from " + views[0])


class Config:
    """dbt.config: what it is called with was read before the model ran."""

    def __init__(self, values, meta):
        self.values, self.meta = values, meta

    def __call__(self, *args, **kwargs):
        return None

    def get(self, key, default=None):
        return self.values.get(key, default)

    def meta_get(self, key, default=None):
        return self.meta.get(key, default)


class This:
    """dbt.this: the table that the model makes. Its rows become readable when its name is asked for."""

    def __init__(self, inputs, i):
        self._inputs, self._i = inputs, i

    def _part(self, name):
        if self._inputs.duckdb:
            self._inputs.fetch(self._i)
        return self._inputs.listed[self._i][name]

    @property
    def database(self):
        return self._part("database")

    @property
    def schema(self):
        return self._part("schema")

    @property
    def identifier(self):
        return self._part("identifier")

    def __repr__(self):
        return self._part("name")


class Dbt:
    """What models call dbt."""

    def __init__(self, job, inputs):
        self._inputs = inputs
        self.config = Config(job["config"], job["meta"])
        self.this = This(inputs, inputs.find("this", []))
        self.is_incremental = job["incremental"]

    def ref(self, *args, **kwargs):
        return self._inputs.read(self._inputs.find("ref", list(args), kwargs.get("v") or kwargs.get("version")))

    def source(self, *args):
        return self._inputs.read(self._inputs.find("source", list(args)))


def unfit(df):
    kinds = "a DuckDB relation, a pandas or polars data frame, or a pyarrow table, dataset or reader"
    what = "nothing" if df is None else "an object of type " + type(df).__module__ + "." + type(df).__qualname__
    return Wrong(f"the model returned {what.replace('builtins.', '')}, and not {kinds}")


def relation(inputs, df):
    """What a model returned as a DuckDB relation, by the rules that dbt-duckdb has."""
    if isinstance(df, inputs.duckdb.DuckDBPyRelation):
        return df
    # What the model returned may still be reading from the session, which would end that.
    other = inputs.session.cursor()
    try:
        other.register("tarn_answer", df)
    except (inputs.duckdb.InvalidInputException, TypeError) as e:
        raise unfit(df) from e
    return other.query("select * from temp.main.tarn_answer")


def batches(df):
    """What a model returned as a reader of batches, without DuckDB."""
    pyarrow = arrow()
    if isinstance(df, pyarrow.Table):
        return pyarrow.RecordBatchReader.from_batches(df.schema, df.to_batches(max_chunksize=BATCH))
    if isinstance(df, pyarrow.RecordBatch):
        return pyarrow.RecordBatchReader.from_batches(df.schema, [df])
    if isinstance(df, pyarrow.RecordBatchReader):
        return df
    if type(df).__module__.split(".")[0] == "pandas":
        return batches(pyarrow.Table.from_pandas(df, preserve_index=False))
    if hasattr(df, "scanner"):
        return df.scanner(batch_size=BATCH).to_reader()
    if hasattr(df, "collect"):
        df = df.collect()
    if hasattr(df, "to_arrow"):
        return batches(df.to_arrow())
    if hasattr(df, "to_reader"):
        return df.to_reader()
    raise unfit(df)


def answer(inputs, df, path):
    """Writes what the model returned; its columns in DuckDB's types, where there is DuckDB."""
    pyarrow, columns = arrow(), None
    if df is None:
        raise unfit(df)
    if inputs.duckdb:
        rows = relation(inputs, df)
        columns = [[name, str(t)] for name, t in zip(rows.columns, rows.types)]
        reader = (getattr(rows, "to_arrow_reader", None) or rows.fetch_record_batch)(BATCH)
    else:
        reader = batches(df)
    with pyarrow.OSFile(path, "wb") as sink, pyarrow.ipc.new_stream(sink, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
    return columns


def failure(e, file):
    """How a model failed, with the calls that led there, innermost last."""
    if isinstance(e, Missing):
        return {"kind": "package", "package": e.package}
    calls = [
        {"file": frame.filename, "line": frame.lineno or 0, "function": frame.name}
        for frame in traceback.extract_tb(e.__traceback__)
        if frame.filename != __file__
    ]
    out = {"kind": "raised", "type": type(e).__name__, "message": str(e), "calls": calls}
    if isinstance(e, Wrong):
        out["kind"] = "wrong"
    elif isinstance(e, SyntaxError) and e.filename == file:
        out.update(kind="syntax", message=e.msg or "", line=e.lineno or 0, column=e.offset or 0)
    elif isinstance(e, ModuleNotFoundError) and e.name:
        out["module"] = e.name
    return out


def run(job, line):
    file = job["file"]
    linecache.cache[file] = (len(job["source"]), None, job["source"].splitlines(True), file)
    code = compile(job["source"], file, "exec", dont_inherit=True)
    inputs = Inputs(job, line)
    module = types.ModuleType("tarn_model_" + job["name"])  # no package that the model imports has that name
    module.__file__ = job["path"]
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)
    df = module.model(Dbt(job, inputs), inputs.session)
    return answer(inputs, df, job["answer"])


def main():
    line = Line()
    job = line.hear()
    sys.path[:] = [p for p in sys.path if p != os.path.dirname(os.path.abspath(__file__))]
    try:
        told = {"done": {"columns": run(job, line)}}
    except BaseException as e:
        told = {"failed": failure(e, job["file"])}
    sys.stdout.flush()
    line.say(told)


if __name__ == "__main__":
    main()
