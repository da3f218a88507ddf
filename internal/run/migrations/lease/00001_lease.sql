-- +goose Up
-- Who may go on: runs that live, and the lake's writer. Times are the
-- server's, in microseconds. An epoch grows each time somebody else takes over.
CREATE TABLE tarn_lease (
    name    TEXT   NOT NULL PRIMARY KEY,
    epoch   BIGINT NOT NULL,
    run     TEXT   NOT NULL, -- empty: given back
    command TEXT   NOT NULL,
    pid     BIGINT NOT NULL,
    host    TEXT   NOT NULL,
    since   BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
