-- +goose Up
-- What tells that a file that is far away, or in an archive, is what it was:
-- an ETag, a time of modification, or what the archive is. '' is nothing.
ALTER TABLE tarn_file ADD COLUMN version TEXT NOT NULL DEFAULT '';
