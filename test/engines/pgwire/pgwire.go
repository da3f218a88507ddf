// Package pgwire lets real clients of PostgreSQL ask `tarn serve --postgres`:
// psql with its backslash commands, psycopg 2 and 3, asyncpg, what
// SQLAlchemy reflects, and pgjdbc.
//
// It promises that what it starts ends with the test, and that a command which
// shows an error fails it. It leaves to others how the protocol is spoken
// (serve/pgwire).
package pgwire
