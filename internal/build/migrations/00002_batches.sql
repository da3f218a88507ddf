-- +goose Up
-- How the batches of what a run has published ended, as JSON: after a crash
-- those that are left are known.
CREATE TABLE tarn_publication_batches (
    run      TEXT NOT NULL,
    resource TEXT NOT NULL,
    batches  TEXT NOT NULL,
    PRIMARY KEY (run, resource)
);
