"""Changes tables by each of Python's clients of PostgreSQL: changes.py HOST:PORT DATABASE USER PASSWORD."""
import asyncio
import datetime
import decimal
import sys

import asyncpg
import psycopg
import psycopg2
import psycopg2.extras
import sqlalchemy as sa
from sqlalchemy import orm

address, database, user, password = sys.argv[1:]
host, port = address.rsplit(":", 1)
settings = dict(host=host, port=int(port), user=user, password=password, dbname=database)


def psycopg3_changes():
    with psycopg.connect(**settings) as c:
        c.execute("CREATE TABLE made.three (id BIGINT NOT NULL, amount DECIMAL(9,2), day DATE, note TEXT, seen TIMESTAMPTZ, flag BOOLEAN)")
        row = (1, decimal.Decimal("1.50"), datetime.date(2020, 1, 1), "it's", datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc), True)
        with c.cursor() as cur:
            cur.execute("INSERT INTO made.three VALUES (%s, %s, %s, %s, %s, %s)", row)
            cur.executemany("INSERT INTO made.three (id, note) VALUES (%s, %s)", [(i, f"n{i}") for i in range(2, 12)])
            assert cur.rowcount == 10, cur.rowcount
            cur.execute("UPDATE made.three SET note = %s WHERE id > %s", ("late", 8))
            assert cur.rowcount == 3, cur.rowcount
        c.commit()
        assert c.execute("SELECT * FROM made.three WHERE id = 1").fetchone() == row
        c.commit()
        try:
            with c.transaction():
                c.execute("DELETE FROM made.three")
                raise KeyError
        except KeyError:
            pass
        with c.transaction():
            c.execute("DELETE FROM made.three WHERE id > 10")
            try:
                with c.transaction():
                    assert c.execute("UPDATE made.three SET note = 'gone' RETURNING id").rowcount == 10
                    raise KeyError
            except KeyError:
                pass
    with psycopg.connect(**settings, autocommit=True) as c:
        try:
            c.execute("INSERT INTO made.three (note) VALUES ('x')")
            assert False, "NULL came in"
        except psycopg.errors.NotNullViolation:
            pass
        assert c.execute("SELECT count(*), count(*) FILTER (note = 'late') FROM made.three").fetchone() == (10, 2)
        c.execute("CREATE TEMP TABLE passing AS SELECT id, note FROM made.three WHERE id < 4")
        for i in (20, 21):
            c.execute("INSERT INTO passing VALUES (%s, %s)", (i, "own"))
        with c.transaction():
            c.execute("CREATE TEMP TABLE brief (id BIGINT) ON COMMIT DROP")
            c.execute("INSERT INTO brief SELECT id FROM passing WHERE id > %s", (3,))
            c.execute("DELETE FROM passing USING brief WHERE passing.id = brief.id AND brief.id = 21")
        assert c.execute("SELECT count(*), max(id) FROM passing").fetchone() == (4, 20)
        merged = c.execute("MERGE INTO made.three AS t USING passing AS p ON t.id = p.id WHEN MATCHED THEN UPDATE SET note = 'merged' "
                           "WHEN NOT MATCHED THEN INSERT (id, note) VALUES (p.id, p.note) RETURNING merge_action(), t.id").fetchall()
        assert sorted(merged) == [("INSERT", 20), ("UPDATE", 1), ("UPDATE", 2), ("UPDATE", 3)], merged
        assert c.execute("EXPLAIN ANALYZE SELECT * FROM passing").fetchall()
        c.execute("DISCARD TEMP")
        assert c.execute("SELECT count(*) FROM pg_class WHERE relname = 'passing'").fetchone() == (0,)
        c.execute("DELETE FROM made.three WHERE id = 20")


def psycopg2_changes():
    with psycopg2.connect(**settings) as c, c.cursor() as cur:
        cur.execute("CREATE TABLE made.two AS SELECT 1 AS id, 'a' AS note")
        psycopg2.extras.execute_values(cur, "INSERT INTO made.two VALUES %s", [(i, "x") for i in range(100)])
        cur.execute("DELETE FROM made.two WHERE id >= %s", (50,))
        assert cur.rowcount == 50, cur.rowcount
    first, second = psycopg2.connect(**settings), psycopg2.connect(**settings)
    with first.cursor() as a, second.cursor() as b:
        a.execute("UPDATE made.two SET note = 'first'")
        b.execute("UPDATE made.two SET note = 'second'")
        first.commit()
        try:
            second.commit()
            assert False, "both were committed"
        except psycopg2.errors.SerializationFailure:
            second.rollback()
        b.execute("SELECT DISTINCT note FROM made.two")
        assert b.fetchall() == [("first",)]
    first.close()
    second.close()


def sqlalchemy_changes():
    engine = sa.create_engine(sa.URL.create("postgresql+psycopg", username=user, password=password, host=host, port=int(port), database=database))

    class Base(orm.DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "notes"
        __table_args__ = {"schema": "made"}
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
        text: orm.Mapped[str]

    with engine.begin() as c: # a lake keeps no keys, which SQLAlchemy would ask for
        c.execute(sa.text("CREATE TABLE made.notes (id BIGINT NOT NULL, text TEXT NOT NULL)"))
    with orm.Session(engine) as s:
        s.add_all([Note(id=i, text=f"n{i}") for i in range(5)])
        s.commit()
        s.get(Note, 3).text = "changed"
        s.delete(s.get(Note, 4))
        s.commit()
        s.execute(sa.update(Note).where(Note.id < 2).values(text="early"))
        s.execute(sa.delete(Note).where(Note.id == 2))
        s.execute(sa.insert(Note), [{"id": 7, "text": "seven"}, {"id": 8, "text": "eight"}])
        s.rollback()
        s.execute(sa.insert(Note), [{"id": 9, "text": "nine"}])
        s.commit()
        for value, fails in (("kept", False), ("lost", True)):
            try:
                with s.begin_nested():
                    returned = s.execute(sa.update(Note).where(Note.id == 9).values(text=value).returning(Note.text)).scalar_one()
                    assert returned == value, returned
                    if fails:
                        raise KeyError
            except KeyError:
                pass
        s.commit()
        got = [(n.id, n.text) for n in s.scalars(sa.select(Note).order_by(Note.id))]
        assert got == [(0, "n0"), (1, "n1"), (2, "n2"), (3, "changed"), (9, "kept")], got


async def asyncpg_changes():
    c = await asyncpg.connect(host=host, port=int(port), user=user, password=password, database=database)
    await c.execute("CREATE TABLE made.seq AS SELECT 0::BIGINT AS n")
    row = await c.fetchrow("UPDATE made.seq SET n = n + $1 RETURNING n, 'x' || n AS s", 5)
    assert tuple(row) == (5, "x5"), row
    rows = await c.fetch("INSERT INTO made.seq SELECT unnest([1, 2, 3]) RETURNING n")
    assert [r["n"] for r in rows] == [1, 2, 3], rows
    async with c.transaction():
        assert await c.fetchval("DELETE FROM made.seq WHERE n = $1 RETURNING n", 1) == 1
        try:
            async with c.transaction():
                await c.execute("DELETE FROM made.seq")
                await c.execute("SELECT nothing")
        except asyncpg.UndefinedColumnError:
            pass
    assert await c.fetchval("SELECT count(*) FROM made.seq") == 3
    await c.close()


psycopg3_changes()
asyncio.run(asyncpg_changes())
psycopg2_changes()
sqlalchemy_changes()
print("done")
