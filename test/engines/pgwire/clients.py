"""Asks a server by each of Python's clients of PostgreSQL: clients.py HOST:PORT DATABASE USER PASSWORD."""
import asyncio
import datetime
import decimal
import sys
import uuid

import asyncpg
import psycopg
import psycopg2
import sqlalchemy

address, database, user, password = sys.argv[1:]
host, port = address.rsplit(":", 1)
settings = dict(host=host, port=int(port), user=user, password=password)

VALUES = """SELECT 1::SMALLINT, 2::INTEGER, 3::BIGINT, 1.50::DECIMAL(9,2), 0.1::DOUBLE, 'x é', DATE '2020-02-29', TIMESTAMP '2020-02-29 10:11:12.5',
    TIMESTAMPTZ '2020-02-29 10:11:12+00', true, 'c0ffee00-0000-4000-8000-000000000001'::UUID, [1, NULL, 3], '\\x00\\xff'::BLOB, NULL"""
UTC = datetime.timezone.utc
WANT = [1, 2, 3, decimal.Decimal("1.50"), 0.1, "x é", datetime.date(2020, 2, 29), datetime.datetime(2020, 2, 29, 10, 11, 12, 500000),
        datetime.datetime(2020, 2, 29, 10, 11, 12, tzinfo=UTC), True, uuid.UUID("c0ffee00-0000-4000-8000-000000000001"), [1, None, 3], b"\x00\xff", None]


def same(client, got, want=WANT):
    got = [bytes(v) if isinstance(v, memoryview) else v for v in got]
    assert len(got) == len(want), (client, got)
    for a, b in zip(got, want):
        assert a == b or str(a) == str(b), (client, a, b)


def psycopg2_asks():
    with psycopg2.connect(dbname=database, **settings) as c, c.cursor() as cur:
        cur.execute(VALUES)
        same("psycopg2", cur.fetchone())
        cur.execute("SELECT count(*) FROM main_shop.orders WHERE id > %s AND note = %s", (1, "it's"))
        assert cur.fetchone() == (1,), "psycopg2"
        cur.execute("SELECT %s, %s, %s", (psycopg2.Binary(b"\x00\xff'x"), [1, 2], decimal.Decimal("1.50")))
        same("psycopg2", cur.fetchone(), [b"\x00\xff'x", [1, 2], decimal.Decimal("1.50")])
        try:
            cur.execute("SELECT nothing FROM main_shop.orders")
        except psycopg2.errors.UndefinedColumn:
            c.rollback()
        with c.cursor("cursor") as named:
            named.itersize = 2
            named.execute("SELECT id FROM main_shop.orders ORDER BY id")
            assert [r[0] for r in named] == [1, 2, 3], "psycopg2"


def psycopg3_asks():
    with psycopg.connect(dbname=database, **settings) as c:
        for binary in (False, True):
            same("psycopg", c.execute(VALUES, binary=binary).fetchone())
            row = c.execute("SELECT %s, %s, %s", ("it's", 7, datetime.date(2020, 1, 1)), binary=binary).fetchone()
            assert row == ("it's", 7, datetime.date(2020, 1, 1)), row
        with c.cursor("cursor") as named:
            named.execute("SELECT id FROM main_shop.orders ORDER BY id")
            assert [r[0] for r in named.fetchmany(2)] == [1, 2] and len(named.fetchall()) == 1
        try:
            with c.transaction():
                c.execute("SELECT nothing FROM main_shop.orders")
        except psycopg.errors.UndefinedColumn:
            assert c.execute("SELECT 1").fetchone() == (1,)
        c.execute("INSERT INTO main_shop.orders (id) VALUES (%s)", (100,))
        assert c.execute("SELECT max(id) FROM main_shop.orders").fetchone() == (100,)
        c.rollback()
        with c.cursor().copy("COPY (SELECT id, note FROM main_shop.orders ORDER BY id) TO STDOUT") as copy:
            assert list(copy.rows()) == [("1", "x"), ("2", "it's"), ("3", "x")]
        with c.cursor().copy("COPY main_shop.orders (id) TO STDOUT (FORMAT binary)") as copy:
            copy.set_types(["int8"])
            assert sorted(copy.rows()) == [(1,), (2,), (3,)]


async def asyncpg_asks():
    c = await asyncpg.connect(database=database, **settings)
    same("asyncpg", await c.fetchrow(VALUES))
    assert await c.fetchval("SELECT note FROM main_shop.orders WHERE id = $1", 2) == "it's"
    # Arrays make it look at their types, with one query over pg_type that calls itself.
    assert await c.fetchval("SELECT ['a', NULL, 'b,\"c']") == ["a", None, 'b,"c']
    assert await c.fetchval("SELECT len($1::BIGINT[])", [1, 2, 3]) == 3
    prepared = await c.prepare("SELECT id, amount FROM main_shop.orders WHERE id >= $1 ORDER BY id")
    assert [a.name for a in prepared.get_attributes()] == ["id", "amount"]
    assert [r["id"] for r in await prepared.fetch(2)] == [2, 3]
    async with c.transaction():
        assert [r["id"] async for r in c.cursor("SELECT id FROM main_shop.orders ORDER BY id", prefetch=2)] == [1, 2, 3]
    try:
        await c.fetch("SELECT * FROM main_shop.nothing")
    except asyncpg.UndefinedTableError:
        pass
    await c.close()


def sqlalchemy_reflects():
    for driver in ("psycopg", "psycopg2"):
        engine = sqlalchemy.create_engine(f"postgresql+{driver}://{user}:{password}@{address}/{database}")
        i = sqlalchemy.inspect(engine)
        assert "main_shop" in i.get_schema_names() and i.has_schema("main_shop") and not i.has_schema("nothing")
        assert sorted(i.get_table_names("main_shop")) == ["kinds", "orders", "sales"] and i.get_view_names("main_shop") == ["big"]
        assert i.get_materialized_view_names("main_shop") == [] and i.get_sequence_names("main_shop") == []
        columns = i.get_columns("orders", "main_shop")
        assert [(c["name"], str(c["type"]), c["comment"]) for c in columns] == [
            ("id", "BIGINT", "the number of the order"), ("amount", "NUMERIC(9, 2)", None), ("note", "TEXT", None), ("day", "DATE", None)], columns
        kinds = {c["name"]: str(c["type"]) for c in i.get_columns("kinds", "main_shop")}
        assert kinds["tz"] == "TIMESTAMP" and kinds["li"] == "ARRAY" and kinds["st"] == "JSON" and kinds["u"] == "UUID", kinds
        key = i.get_pk_constraint("orders", "main_shop")
        assert (key["name"], key["constrained_columns"]) == ("orders_pkey", ["id"]), key
        assert [(u["name"], u["column_names"]) for u in i.get_unique_constraints("orders", "main_shop")] == [("once_a_day", ["day", "id"])], driver
        assert [(x["name"], x["column_names"], x["unique"]) for x in i.get_indexes("orders", "main_shop")] == [("once_a_day", ["day", "id"], True)], driver
        key, = i.get_foreign_keys("sales", "main_shop")
        assert [key[k] for k in ("name", "constrained_columns", "referred_schema", "referred_table", "referred_columns")] == ["of_order", ["order_id"], "main_shop", "orders", ["id"]], key
        for what in (i.get_foreign_keys, i.get_indexes, i.get_unique_constraints, i.get_check_constraints):
            assert what("kinds", "main_shop") == [], what
        assert i.get_pk_constraint("kinds", "main_shop")["constrained_columns"] == []
        assert i.get_table_comment("orders", "main_shop") == {"text": "what was bought"} and i.get_table_comment("kinds", "main_shop") == {"text": None} and i.get_enums("main_shop") == [] and i.get_domains("main_shop") == []
        assert i.has_table("orders", "main_shop") and i.has_table("big", "main_shop") and not i.has_table("nothing", "main_shop")
        assert i.get_view_definition("big", "main_shop")
        m = sqlalchemy.MetaData(schema="main_shop")
        m.reflect(engine, views=True)
        orders = m.tables["main_shop.orders"]
        assert [c.name for c in orders.primary_key] == ["id"] and m.tables["main_shop.sales"].c.order_id.references(orders.c.id)
        with engine.connect() as c:
            asked = sqlalchemy.select(orders.c.id, sqlalchemy.func.sum(orders.c.amount)).where(orders.c.note == "x").group_by(orders.c.id).order_by(orders.c.id)
            assert [tuple(r) for r in c.execute(asked)] == [(1, decimal.Decimal("1.00")), (3, decimal.Decimal("3.00"))], driver
            with c.begin_nested():
                assert c.execute(sqlalchemy.select(m.tables["main_shop.big"].c.id)).scalars().all() == [3]
        engine.dispose()


for ask in (psycopg2_asks, psycopg3_asks, sqlalchemy_reflects):
    ask()
asyncio.run(asyncpg_asks())
print("all clients agree")
