-- +goose Up
CREATE TABLE statement (
    id          TEXT PRIMARY KEY,
    format      INTEGER NOT NULL, -- of this row
    process     TEXT NOT NULL,    -- the id that is live as long as the process
    host        TEXT NOT NULL,
    pid         INTEGER NOT NULL,
    principal   TEXT NOT NULL,
    roles       TEXT NOT NULL,    -- JSON list
    protocol    TEXT NOT NULL,    -- command or postgres
    client      TEXT NOT NULL,    -- its address
    application TEXT NOT NULL,    -- as the client calls itself
    session     TEXT NOT NULL,
    sql         TEXT NOT NULL,    -- without the secrets that it shows
    sql_length  INTEGER NOT NULL, -- bytes, of which sql may be the first
    parameters  TEXT NOT NULL,    -- JSON list
    state       TEXT NOT NULL,
    tables      TEXT NOT NULL,    -- JSON list: what it read
    changed     TEXT NOT NULL,    -- JSON list: what it changed
    policies    TEXT NOT NULL,    -- JSON list: what decided
    rows        INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    planning    INTEGER NOT NULL, -- microseconds
    code        TEXT NOT NULL,
    sqlstate    TEXT NOT NULL,
    message     TEXT NOT NULL,
    submitted   TEXT NOT NULL,    -- UTC, with microseconds
    started     TEXT NOT NULL,    -- empty while it waits
    finished    TEXT NOT NULL     -- empty while it runs, and where its process died
) STRICT;
CREATE INDEX statement_by_time ON statement (submitted);
CREATE INDEX statement_open ON statement (process) WHERE state IN ('queued', 'running');

-- What is still to be told to others, in order.
CREATE TABLE statement_event (
    position     INTEGER PRIMARY KEY AUTOINCREMENT,
    statement_id TEXT NOT NULL,
    kind         TEXT NOT NULL,   -- submitted, finished or crashed
    at           TEXT NOT NULL
) STRICT;
CREATE INDEX statement_event_of ON statement_event (statement_id);

-- How far each of them is.
CREATE TABLE statement_delivery (
    sink     TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;
