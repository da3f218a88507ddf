"""Changes tables by each of Python's clients of PostgreSQL: changes.py HOST:PORT DATABASE USER PASSWORD."""
import datetime
import decimal
import sys

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
    with psycopg.connect(**settings, autocommit=True) as c:
        try:
            c.execute("INSERT INTO made.three (note) VALUES ('x')")
            assert False, "NULL came in"
        except psycopg.errors.NotNullViolation:
            pass
        assert c.execute("SELECT count(*), count(*) FILTER (note = 'late') FROM made.three").fetchone() == (10, 2)


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
        got = [(n.id, n.text) for n in s.scalars(sa.select(Note).order_by(Note.id))]
        assert got == [(0, "n0"), (1, "n1"), (2, "n2"), (3, "changed"), (9, "nine")], got


psycopg3_changes()
psycopg2_changes()
sqlalchemy_changes()
print("done")
