-- +goose Up
-- Names are found as they are compared: without case, of ASCII letters by
-- Postgres in the C collation. Other tools read and write the table as before.
CREATE INDEX tarn_table_name ON iceberg_tables (lower(table_name COLLATE "C"));
CREATE INDEX tarn_table_folded ON iceberg_tables (table_name) WHERE table_name COLLATE "C" ~ '[^ -~]';

-- +goose Down
