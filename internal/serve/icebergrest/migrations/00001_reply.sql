-- +goose Up
-- Answers to requests with an Idempotency-Key, kept with the change they tell
-- of: a status and a body, or the state that the answer shows.
CREATE TABLE tarn_reply (
  id         TEXT PRIMARY KEY,
  digest     TEXT NOT NULL,
  status     INTEGER NOT NULL,
  body       TEXT NOT NULL,
  namespace  TEXT NOT NULL,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  location   TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX tarn_reply_created ON tarn_reply (created_at);

-- +goose Down
