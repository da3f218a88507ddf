-- +goose Up
-- 1: it reads and changes nothing but its session, such as BEGIN.
ALTER TABLE statement ADD COLUMN about_session INTEGER NOT NULL DEFAULT 0;

-- +goose Down
