-- +goose Up
-- What each file was when its rows were last loaded. Moves in the same
-- transaction as the table that holds the rows.
CREATE TABLE tarn_file (
    namespace   TEXT    NOT NULL,
    table_name  TEXT    NOT NULL,
    path        TEXT    NOT NULL,
    size        BIGINT NOT NULL,
    modified_ns BIGINT NOT NULL,
    sha256      TEXT    NOT NULL,
    lines       BIGINT NOT NULL,
    records     BIGINT NOT NULL,
    written     BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    can_grow    BOOLEAN NOT NULL,
    same_as     TEXT    NOT NULL DEFAULT '',
    load_id     TEXT    NOT NULL,
    loaded_at   BIGINT NOT NULL,
    PRIMARY KEY (namespace, table_name, path)
);

-- One row for each load: read = written + quarantined + skipped.
CREATE TABLE tarn_load (
    load_id      TEXT    NOT NULL PRIMARY KEY,
    namespace    TEXT    NOT NULL,
    table_name   TEXT    NOT NULL,
    run          TEXT    NOT NULL,
    started_at   BIGINT NOT NULL,
    finished_at  BIGINT NOT NULL,
    files        BIGINT NOT NULL,
    bytes        BIGINT NOT NULL,
    read         BIGINT NOT NULL,
    written      BIGINT NOT NULL,
    quarantined  BIGINT NOT NULL,
    skipped      BIGINT NOT NULL,
    skipped_by   TEXT    NOT NULL,
    checksum     TEXT    NOT NULL,
    CHECK (read = written + quarantined + skipped)
);
CREATE INDEX tarn_load_table ON tarn_load (namespace, table_name, started_at);
