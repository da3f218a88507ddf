-- +goose Up
CREATE TABLE run (
    id        TEXT PRIMARY KEY,
    format    BIGINT NOT NULL, -- of this row and its steps
    command   TEXT NOT NULL,
    args      TEXT NOT NULL,    -- JSON list: the command line
    selected  TEXT NOT NULL,    -- JSON list: --select
    excluded  TEXT NOT NULL,    -- JSON list: --exclude
    principal TEXT NOT NULL,
    project   TEXT NOT NULL,
    publish   TEXT NOT NULL,    -- resource, run or never
    vars      TEXT NOT NULL,    -- JSON object: --vars
    retry_of  TEXT NOT NULL,    -- the run that this one continues, or empty
    state     TEXT NOT NULL,
    message   TEXT NOT NULL,
    pid       BIGINT NOT NULL,
    host      TEXT NOT NULL,
    started   TEXT NOT NULL,    -- UTC, with microseconds
    finished  TEXT NOT NULL     -- empty while it runs
);
CREATE INDEX run_by_start ON run (started);
CREATE INDEX run_by_state ON run (state);

CREATE TABLE step (
    run_id   TEXT NOT NULL REFERENCES run (id),
    resource TEXT NOT NULL,
    attempt  BIGINT NOT NULL,
    number   BIGINT NOT NULL,  -- its place in the plan, from 1
    kind     TEXT NOT NULL,
    state    TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    because  TEXT NOT NULL,     -- the ancestor that a skipped step waited for
    message  TEXT NOT NULL,
    started  TEXT NOT NULL,
    finished TEXT NOT NULL,
    rows     BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    details  TEXT NOT NULL,     -- JSON, the shape is its owner's
    PRIMARY KEY (run_id, resource, attempt)
);
CREATE INDEX step_by_resource ON step (resource);
