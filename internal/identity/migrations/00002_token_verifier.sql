-- +goose Up
-- SCRAM-SHA-256 verifier of the token, with the salt of its principal's other
-- ones; empty where the token is no password.
ALTER TABLE principal_token ADD COLUMN scram TEXT NOT NULL DEFAULT '';

-- +goose Down
