-- +goose Up
-- The two tables of Iceberg's SQL catalogs (PyIceberg's SqlCatalog, Java's
-- JdbcCatalog with views): open to other tools, so no columns of ours in them.
CREATE TABLE IF NOT EXISTS iceberg_tables (
  catalog_name               VARCHAR(255) NOT NULL,
  table_namespace            VARCHAR(255) NOT NULL,
  table_name                 VARCHAR(255) NOT NULL,
  metadata_location          VARCHAR(1000),
  previous_metadata_location VARCHAR(1000),
  iceberg_type               VARCHAR(5),
  PRIMARY KEY (catalog_name, table_namespace, table_name)
);

CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
  catalog_name   VARCHAR(255) NOT NULL,
  namespace      VARCHAR(255) NOT NULL,
  property_key   VARCHAR(255) NOT NULL,
  property_value VARCHAR(1000),
  PRIMARY KEY (catalog_name, namespace, property_key)
);

-- What the lake knows of itself; 'warehouse' is the URI that the absolute
-- locations above start with.
CREATE TABLE tarn_lake (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- The journal of stages: a row comes before the first file of its prefixes and
-- goes after the last one. State: open, candidate, committed, held, dropped.
CREATE TABLE tarn_stage (
  id              TEXT PRIMARY KEY,
  format          BIGINT NOT NULL,
  run             TEXT NOT NULL,
  step            TEXT NOT NULL,
  namespace       TEXT NOT NULL,
  name            TEXT NOT NULL,
  table_key       TEXT NOT NULL,
  data_prefix     TEXT NOT NULL,
  metadata_prefix TEXT NOT NULL,
  state           TEXT NOT NULL,
  kind            TEXT NOT NULL DEFAULT '',
  op              TEXT NOT NULL DEFAULT '',
  base            TEXT NOT NULL DEFAULT '',
  location        TEXT NOT NULL DEFAULT '',
  records         BIGINT NOT NULL DEFAULT 0,
  reason          TEXT NOT NULL DEFAULT '',
  -- Files below the prefixes, as a JSON list of names, that a rebase may have
  -- written or left behind and that the candidate does not need.
  spare           TEXT NOT NULL DEFAULT '[]',
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL
);
CREATE INDEX tarn_stage_table ON tarn_stage (table_key, state);
CREATE INDEX tarn_stage_run ON tarn_stage (run, state);
CREATE INDEX tarn_stage_location ON tarn_stage (location);

-- Every pointer that a commit of ours has set, with the moment of that commit:
-- the state of the whole lake at any time.
CREATE TABLE tarn_pointer (
  seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace    TEXT NOT NULL,
  name         TEXT NOT NULL,
  table_key    TEXT NOT NULL,
  kind         TEXT NOT NULL,
  location     TEXT NOT NULL,
  committed_at BIGINT NOT NULL
);
CREATE INDEX tarn_pointer_table ON tarn_pointer (table_key, committed_at);
CREATE INDEX tarn_pointer_location ON tarn_pointer (location);

-- +goose Down
