-- +goose Up
-- What a run has published. A row commits with the pointers that it tells of,
-- so that after a crash it is known what is done, whatever the journal says.
CREATE TABLE tarn_publication (
    run          TEXT    NOT NULL,
    resource     TEXT    NOT NULL,
    namespace    TEXT    NOT NULL,
    table_name   TEXT    NOT NULL,
    location     TEXT    NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (run, resource, namespace, table_name)
);
CREATE INDEX tarn_publication_table ON tarn_publication (namespace, table_name, published_at);
