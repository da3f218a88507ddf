"""Asks a server by each of Python's clients of PostgreSQL: clients.py HOST:PORT DATABASE USER PASSWORD."""
import datetime
import decimal
import sys
import uuid

import psycopg
import psycopg2

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
        try:
            c.execute("INSERT INTO main_shop.orders VALUES (1)")
        except psycopg.errors.ReadOnlySqlTransaction:
            c.rollback()


for ask in (psycopg2_asks, psycopg3_asks):
    ask()
print("all clients agree")
