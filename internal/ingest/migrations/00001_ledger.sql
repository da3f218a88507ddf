-- +goose Up
-- What each file was when its rows were last loaded. Moves in the same
-- transaction as the table that holds the rows.
CREATE TABLE tarn_file (
    namespace   TEXT    NOT NULL,
    table_name  TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    sha256      TEXT    NOT NULL,
    lines       INTEGER NOT NULL,
    records     INTEGER NOT NULL,
    written     INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    can_grow    INTEGER NOT NULL,
    same_as     TEXT    NOT NULL DEFAULT '',
    load_id     TEXT    NOT NULL,
    loaded_at   INTEGER NOT NULL,
    PRIMARY KEY (namespace, table_name, path)
);

-- One row for each load: read = written + quarantined + skipped.
CREATE TABLE tarn_load (
    load_id      TEXT    NOT NULL PRIMARY KEY,
    namespace    TEXT    NOT NULL,
    table_name   TEXT    NOT NULL,
    run          TEXT    NOT NULL,
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER NOT NULL,
    files        INTEGER NOT NULL,
    bytes        INTEGER NOT NULL,
    read         INTEGER NOT NULL,
    written      INTEGER NOT NULL,
    quarantined  INTEGER NOT NULL,
    skipped      INTEGER NOT NULL,
    skipped_by   TEXT    NOT NULL,
    checksum     TEXT    NOT NULL,
    CHECK (read = written + quarantined + skipped)
);
CREATE INDEX tarn_load_table ON tarn_load (namespace, table_name, started_at);
