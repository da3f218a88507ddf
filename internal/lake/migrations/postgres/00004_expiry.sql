-- +goose Up
-- Which snapshot readers saw through a pointer: 0 is none, -1 was not recorded
-- yet. Pointers of which nothing is left have the kind EXPIRED.
ALTER TABLE tarn_pointer ADD COLUMN snapshot_id BIGINT NOT NULL DEFAULT -1;

-- What commits took out of their tables, and when: files that may go once no
-- reader can be using them and no other state needs them. Kind: snapshot (the
-- location is that of its manifest list), statistics, metadata.
CREATE TABLE tarn_expired (
  seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace   TEXT NOT NULL,
  name        TEXT NOT NULL,
  table_key   TEXT NOT NULL,
  kind        TEXT NOT NULL,
  location    TEXT NOT NULL,
  snapshot_id BIGINT NOT NULL DEFAULT 0,
  expired_at  BIGINT NOT NULL
);
CREATE INDEX tarn_expired_table ON tarn_expired (table_key);
CREATE INDEX tarn_expired_location ON tarn_expired (location);

-- +goose Down
