-- +goose Up
-- What requests with an Idempotency-Key have done, kept with the change itself.
CREATE TABLE http_reply (
  principal  TEXT NOT NULL,
  id         TEXT NOT NULL,
  digest     TEXT NOT NULL,
  body       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (principal, id)
);
CREATE INDEX http_reply_created ON http_reply (created_at);

-- +goose Down
