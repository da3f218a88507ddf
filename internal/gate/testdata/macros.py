"""Writes macros.json: what dbt-duckdb makes of its macros, value by value.

    pip install dbt-duckdb==1.11.* && python3 macros.py

Each entry is an SQL expression with macros, and the text of its value. The Go
test compares with the file alone; dbt is needed to change it only.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import duckdb

E = []
DATES = "(values (date '2023-12-31'), (date '2024-01-01'), (date '2024-02-29'), (date '2024-03-03'), (date '2025-03-02'), (null))"
MOMENTS = "(values (timestamp '2024-01-31 23:59:59.5'), (timestamp '2024-02-01 00:00:00'), (timestamp '2024-12-28 12:00:00'))"


def over(macro, *sources):
    """The values of a macro over all rows of tables a, b, in order."""
    names = [chr(ord("a") + i) for i in range(len(sources))]
    tables = ", ".join(f"{s} as t{n}({n})" for s, n in zip(sources, names))
    E.append("(select string_agg(coalesce((" + macro + ")::varchar, 'null'), ',' order by " + ", ".join(names) + ") from " + tables + ")")


for part in ["day", "week", "month", "quarter", "year", "hour"]:
    over("{{ dbt.datediff('a', 'b', '" + part + "') }}", DATES, DATES)
    over("{{ dbt.datediff('a', 'b', '" + part + "') }}", MOMENTS, DATES)
    over("{{ dbt.date_trunc('" + part + "', 'a') }}", MOMENTS)
    for n in ["1", "-5", "(1.5)"]:
        over("{{ dbt.dateadd('" + part + "', '" + n + "', 'a') }}", DATES)
        over("{{ dbt.dateadd('" + part + "', '" + n + "', 'a') }}", MOMENTS)
for part in ["minute", "second", "millisecond"]:
    over("{{ dbt.datediff('a', 'b', '" + part + "') }}", MOMENTS, MOMENTS)
    over("{{ dbt.dateadd('" + part + "', 90, 'a') }}", MOMENTS)
for part in ["month", "quarter", "year", "week"]:
    over("{{ dbt.last_day('a', '" + part + "') }}", DATES)

T = "(values ('a-b-c'), ('-'), (''), ('ábc'), (null))"
for macro in ["dbt.length('a')", "dbt.hash('a')", "dbt.concat(['a', \"'+'\", 'a'])", "dbt.position(\"'b'\", 'a')",
              "dbt.replace('a', \"'-'\", \"'__'\")", "dbt.right('a', 2)", "dbt.split_part('a', \"'-'\", 1)",
              "dbt.split_part('a', \"'-'\", 3)", "dbt.split_part('a', \"'-'\", -1)", "dbt.split_part('a', \"'-'\", 9)",
              "dbt.cast('a', 'text')", "dbt.equals('a', \"'-'\")", "dbt.equals('a', 'a')"]:
    over("{{ " + macro + " }}", T)
N = "(values (1), (2), (null))"
for macro in ["dbt.cast('a', 'varchar')", "dbt.safe_cast('a', dbt.type_float())", "dbt.cast('a', dbt.type_numeric())",
              "dbt.cast('a', dbt.type_bigint())", "dbt.cast('a', dbt.type_boolean())", "dbt.cast_bool_to_text('a = 1')",
              "dbt.array_append('[0, 1]', 'a')", "dbt.array_concat('[0]', '[a]')", "dbt.array_construct(['a', 7])", "dbt.hash('a')"]:
    over("{{ " + macro + " }}", N)
G = "from (values ('x', 1, true), ('y', 2, false), (null, 3, null), ('z', 4, false)) as t(a, n, b)"
for macro in ["dbt.listagg('a')", "dbt.listagg('a', \"'|'\", 'order by n desc')", "dbt.listagg('a', \"','\", 'order by n', 2)",
              "dbt.listagg('n', \"'/'\", 'order by n', 3)", "dbt.bool_or('b')", "dbt.any_value('a')"]:
    E.append("(select ({{ " + macro + " }})::varchar " + G + ")")
E.extend([
    "{{ dbt.array_construct() }}", "{{ dbt.array_construct([], 'varchar') }}", "{{ dbt.date(2024, 2, 29) }}",
    "{{ dbt.string_literal(dbt.escape_single_quotes(\"it's\")) }}", "typeof({{ dbt.dateadd('day', 1, \"date '2024-01-01'\") }})",
    "typeof({{ dbt.datediff(\"date '2024-01-01'\", \"date '2024-01-02'\", 'day') }})", "typeof({{ dbt.current_timestamp() }})",
    "typeof({{ dbt.snapshot_get_time() }})", "typeof({{ dbt.current_timestamp_backcompat() }})", "typeof({{ dbt.date_trunc('day', \"date '2024-01-01'\") }})",
    "typeof({{ dbt.last_day(\"date '2024-01-01'\", 'month') }})", "typeof({{ dbt.cast(1, dbt.type_numeric()) }})",
    "typeof({{ dbt.cast(1, dbt.type_string()) }})", "typeof({{ dbt.cast(1, dbt.type_float()) }})", "typeof({{ dbt.cast(1, dbt.type_int()) }})",
    "typeof({{ dbt.cast(\"'2024-01-01'\", dbt.type_timestamp()) }})", "{{ dbt.snapshot_string_as_time('2024-01-01 10:00:00') }}",
    "{{ dbt.snapshot_hash_arguments([\"'a'\", 1, 'null']) }}", "{{ dbt.datediff(\"'2024-01-01'\", \"'2024-03-01'\", 'week') }}",
    "{{ dbt.dateadd('month', 1, \"'2024-01-31'::date\") }}", "(select count(*) from ({{ dbt.generate_series(10) }}))",
    "(select string_agg(generated_number, ',' order by generated_number) from ({{ dbt.generate_series(5) }}))",
    "typeof((select max(generated_number) from ({{ dbt.generate_series(5) }})))",
    "(select count(*) from (select 1 as a union all select 2 {{ dbt.except() }} select 2))",
    "(select count(*) from ((select 1 as a union all select 2) {{ dbt.intersect() }} select 2))", "{{ dbt.get_powers_of_two(9) }}",
    "(select count(*) from ({{ dbt.test_unique(\"(values (1), (1), (2), (null), (null)) as t(a)\", 'a') }}))",
    "(select max(n_records) from ({{ dbt.default__test_unique(\"(values (1), (1), (2)) as t(a)\", 'a') }}))",
    "(select count(*) from ({{ dbt.test_not_null(\"(values (1), (null), (null)) as t(a)\", 'a') }}))",
    "(select string_agg(value_field || ' ' || n_records, ',' order by value_field) from ({{ dbt.test_accepted_values(\"(values ('a'), ('b'), ('c'), ('c'), (null)) as t(a)\", 'a', ['a', 'b']) }}))",
    "(select count(*) from ({{ dbt.test_accepted_values(\"(values (1), (2), (3)) as t(a)\", 'a', [1], quote=False) }}))",
    "(select string_agg(from_field, ',' order by from_field) from ({{ dbt.test_relationships(\"(values (1), (2), (3), (null)) as t(a)\", 'a', \"(values (1), (null)) as u(b)\", 'b') }}))",
    "(select failures || ' ' || should_warn || ' ' || should_error from ({{ dbt.get_test_sql('select 1 union all select 2', 'count(*)', '!= 0', '> 5', none) }}))",
    "(select failures from ({{ dbt.get_test_sql('select 1 union all select 2', 'count(*)', '!= 0', '> 5', 1) }}))",
    "(select count(*) from ({{ dbt.get_empty_subquery_sql('select 1 as a') }}))",
    "(select string_agg(actual_or_expected || a, ',' order by actual_or_expected, a) from ({{ dbt.get_unit_test_sql('select 1 as a, 2 as b', 'select 3 as a, 4 as b', ['a']) }}))",
    "(select string_agg(coalesce(a, 'null') || ' ' || b, ',' order by b) from ({{ dbt.get_expected_sql([{'a': \"it's\", 'b': 1}, {'a': none, 'b': 2}], {'a': 'varchar', 'b': 'int'}, {'a': 'a', 'b': 'b'}) }}))",
])

with tempfile.TemporaryDirectory() as where:
    root = pathlib.Path(where)
    (root / "models").mkdir()
    (root / "dbt_project.yml").write_text("name: m\nversion: '1.0'\nprofile: m\nmodels:\n  +materialized: table\n")
    (root / "profiles.yml").write_text("m:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: m.duckdb, threads: 1}\n")
    for i, e in enumerate(E):
        (root / "models" / f"m{i}.sql").write_text(f"select ({e})::varchar as v")
    dbt = pathlib.Path(sys.executable).with_name("dbt")
    subprocess.run([dbt, "--quiet", "run", "--profiles-dir", "."], cwd=root, env=os.environ | {"TZ": "UTC"}, check=False)
    con = duckdb.connect(str(root / "m.duckdb"))
    there = {r[0] for r in con.execute("select table_name from information_schema.tables").fetchall()}
    entries = []
    for i, e in enumerate(E):
        if f"m{i}" not in there:
            print("fails under dbt:", e)
            continue
        entries.append({"expression": e, "value": con.execute(f"select v from m{i}").fetchone()[0]})
pathlib.Path(__file__).with_name("macros.json").write_text(
    "[\n" + ",\n".join(json.dumps(e, ensure_ascii=False) for e in entries) + "\n]\n")
print(len(entries), "expressions")
