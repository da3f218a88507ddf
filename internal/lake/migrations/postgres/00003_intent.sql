-- +goose Up
-- What somebody else's catalog has been asked to publish, or is about to be,
-- with the statements that belong to it: written down before, carried out and
-- deleted after. A stage that an intent names has the state sent.
CREATE TABLE tarn_intent (
  id         TEXT PRIMARY KEY,
  format     BIGINT NOT NULL,
  run        TEXT NOT NULL,
  plan       TEXT NOT NULL,
  statements TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- +goose Down
