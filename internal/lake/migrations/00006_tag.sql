-- +goose Up
-- The tags with which a project published its tables, as a JSON list; names are in
-- lower case, as they are compared. A name that never had any has no row, and none
-- goes: what a name stood for before it was dropped can still be read.
CREATE TABLE tarn_tag (
  table_namespace TEXT NOT NULL,
  table_name      TEXT NOT NULL,
  tags            TEXT NOT NULL,
  PRIMARY KEY (table_namespace, table_name)
);

-- +goose Down
