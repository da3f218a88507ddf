-- +goose Up
-- What a source said at the end of the last load from it: what the next load
-- goes on from. Moves in the same transaction as the table that holds the rows.
CREATE TABLE tarn_source (
    namespace  TEXT    NOT NULL,
    table_name TEXT    NOT NULL,
    origin     TEXT    NOT NULL,
    state      BYTEA    NOT NULL,
    load_id    TEXT    NOT NULL,
    loaded_at  BIGINT NOT NULL,
    PRIMARY KEY (namespace, table_name, origin)
);
