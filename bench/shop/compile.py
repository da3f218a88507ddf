"""Compile examples/shop into plain DuckDB SQL, so that the peer does the same work as Tarn.

    python bench/shop/compile.py > bench/shop.sql     write it again after a change of the models
    python bench/shop/compile.py --check              fail if bench/shop.sql is not in step

Needs jinja2 and pyyaml. Models keep their own SQL. A table is created in memory and written as
Parquet, a view or an ephemeral model becomes a view, and a test a query that counts its failures.
"""

import difflib
import pathlib
import sys

import jinja2
import yaml

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[1] / "examples" / "shop"
SCRIPT = HERE.parent / "shop.sql"
VARS = {"match_cancellations": True}
LOAD = HERE / "load.sql"


class Node:
    """A model or a singular test: its SQL, its config and what it reads."""

    def __init__(self, path):
        self.name, self.config, self.reads = path.stem, {}, []
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        self.sql = environment.from_string(path.read_text()).render(
            config=self.set_config, ref=self.ref, source=self.source, var=VARS.get
        ).strip()

    def set_config(self, **settings):
        self.config.update(settings)
        return ""

    def ref(self, name):
        self.reads.append(name)
        return name

    def source(self, source, table):
        self.reads.append(f"{source}.{table}")
        return f"{source}.{table}"

    @property
    def enabled(self):
        return self.config.get("enabled", True)


def step(kind, name, after, *statements):
    """One step of the script. run.py starts it when those named after `after` are done."""
    head = f"-- step: {kind} {name}"
    if after:
        head += " after " + ", ".join(sorted(set(after)))
    return "\n".join([head, *(s.rstrip(";") + ";" for s in statements)]) + "\n"


def parquet(name):
    return f"copy {name} to (getvariable('output_dir') || '/{name}.parquet') (format parquet, compression zstd)"


def seeds():
    for path in sorted((PROJECT / "seeds").glob("*.csv")):
        read = f"select * from read_csv(getvariable('seed_dir') || '/{path.name}', all_varchar = true, header = true)"
        yield step("seed", path.stem, [], f"create table {path.stem} as\n{read}", parquet(path.stem))


def models():
    """The models in an order in which each comes after those it reads."""
    waiting = [Node(p) for p in sorted((PROJECT / "models").glob("*/*.sql"))]
    waiting = [n for n in waiting if n.enabled]
    names = {n.name for n in waiting}
    folders = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["models"]["shop"]
    by_folder = {p.stem: folders[p.parent.name]["+materialized"] for p in (PROJECT / "models").glob("*/*.sql")}
    done = set()
    while waiting:
        node = next(n for n in waiting if done.issuperset(names.intersection(n.reads)))
        waiting.remove(node)
        done.add(node.name)
        kind = node.config.get("materialized", by_folder[node.name])
        if kind == "table":
            yield step("model", node.name, node.reads, f"create table {node.name} as\n{node.sql}", parquet(node.name))
        else:
            yield step("model", node.name, node.reads, f"create view {node.name} as\n{node.sql}")


def failures(name, after, sql, count="count(*)", allowed=0):
    return step("test", name, after, f"select '{name}' as test, {count} > {allowed} as failed from (\n{sql}\n)")


def generic(test, table, column):
    """The query of a generic test: the rows that break it."""
    kind, args = (test, {}) if isinstance(test, str) else next(iter(test.items()))
    where = args.get("config", {}).get("where", "true")
    rows = f"(select * from {table} where {where})"
    name, after = f"{kind}_{table.replace('.', '_')}_{column}", [table]
    if kind == "not_null":
        sql = f"select {column} from {rows} where {column} is null"
    elif kind == "unique":
        sql = f"select {column} from {rows} where {column} is not null group by {column} having count(*) > 1"
    elif kind == "accepted_values":
        values = ", ".join(str(v) if args.get("quote") is False else f"'{v}'" for v in args["values"])
        sql = f"select {column} from (select distinct {column} from {rows}) where {column} not in ({values})"
    elif kind == "relationships":
        to, field = args["to"].removeprefix("ref('").removesuffix("')"), args["field"]
        after.append(to)
        sql = (
            f"select child.{column} from {rows} as child left join {to} as parent\n"
            f"on parent.{field} = child.{column} where child.{column} is not null and parent.{field} is null"
        )
    else:
        raise ValueError(f"unknown test {kind}")
    return failures(name, after, sql)


def described():
    """Every table with documented columns: (name, {column: tests})."""
    for path in sorted((PROJECT / "ingest").glob("*.yml")):
        source = yaml.safe_load(path.read_text())
        for table, body in source["tables"].items():
            tests = {c: d.get("data_tests", []) for c, d in body["columns"].items()}
            yield f"{source['source']}.{table}", tests
    for path in [*sorted(PROJECT.glob("seeds/*.yml")), *sorted(PROJECT.glob("models/*/*.yml"))]:
        body = yaml.safe_load(path.read_text())
        for table in body.get("models", []) + body.get("seeds", []):
            yield table["name"], {c["name"]: c.get("data_tests", []) for c in table["columns"]}


def tests():
    for table, columns in described():
        for column, listed in columns.items():
            for test in listed:
                yield generic(test, table, column)
    for path in sorted((PROJECT / "tests").glob("*.sql")):
        node = Node(path)
        if node.enabled:
            allowed = node.config.get("warn_if", "> 0").removeprefix("> ")
            yield failures(node.name, node.reads, node.sql, node.config.get("fail_calc", "count(*)"), allowed)


def script():
    head = (
        "-- The work of `tarn build` on examples/shop for plain DuckDB, with\n"
        f"-- {', '.join(f'{k}: {str(v).lower()}' for k, v in VARS.items())}. Compiled from examples/shop by\n"
        "-- bench/shop/compile.py: change the models, then compile again. bench/shop/run.py runs it.\n"
    )
    return "\n".join([head, LOAD.read_text(), *seeds(), *models(), *tests()])


def main():
    if sys.argv[1:] != ["--check"]:
        sys.stdout.write(script())
        return
    written, compiled = SCRIPT.read_text().splitlines(), script().splitlines()
    diff = list(difflib.unified_diff(written, compiled, "bench/shop.sql", "examples/shop", lineterm=""))
    if diff:
        sys.exit("\n".join(diff))


if __name__ == "__main__":
    main()
