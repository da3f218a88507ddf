-- +goose Up
-- What reading quarantined records of a file again takes besides their bytes;
-- NULL where it was loaded before that was kept.
ALTER TABLE tarn_file ADD COLUMN context BYTEA;

-- Why records left quarantine. Moves in the same transaction as the quarantine.
CREATE TABLE tarn_resolution (
    resolution_id TEXT    NOT NULL PRIMARY KEY,
    namespace     TEXT    NOT NULL,
    table_name    TEXT    NOT NULL,
    action        TEXT    NOT NULL,
    load_id       TEXT    NOT NULL DEFAULT '',
    run           TEXT    NOT NULL,
    principal     TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    records       BIGINT NOT NULL,
    resolved_at   BIGINT NOT NULL
);
CREATE INDEX tarn_resolution_table ON tarn_resolution (namespace, table_name, resolved_at);
