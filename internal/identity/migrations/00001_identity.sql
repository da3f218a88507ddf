-- +goose Up
-- Who is known: users, service principals and groups, which share their names.
CREATE TABLE principal (
  id           TEXT PRIMARY KEY,
  kind         TEXT NOT NULL,   -- user, service or group
  name         TEXT NOT NULL UNIQUE,
  password     TEXT NOT NULL,   -- argon2id, empty where there is none
  scram        TEXT NOT NULL,   -- SCRAM-SHA-256 verifier of the same password
  password_set BIGINT NOT NULL, -- microseconds, 0 for never, as in all times here
  disabled     BIGINT NOT NULL, -- since when, 0 for not
  created      BIGINT NOT NULL,
  created_by   TEXT NOT NULL
);

CREATE TABLE principal_role (
  principal_id TEXT NOT NULL REFERENCES principal (id),
  role         TEXT NOT NULL,
  PRIMARY KEY (principal_id, role)
);

CREATE TABLE principal_member (
  group_id  TEXT NOT NULL REFERENCES principal (id),
  member_id TEXT NOT NULL REFERENCES principal (id),
  PRIMARY KEY (group_id, member_id)
);
CREATE INDEX principal_member_member ON principal_member (member_id);

CREATE TABLE principal_token (
  id           TEXT PRIMARY KEY,
  hash         TEXT NOT NULL UNIQUE, -- SHA-256 of the token
  principal_id TEXT NOT NULL REFERENCES principal (id),
  name         TEXT NOT NULL,
  scopes       TEXT NOT NULL,        -- separated by spaces
  login        TEXT NOT NULL,        -- empty: people made it; else what a login showed: a token's id, or password
  login_at     BIGINT NOT NULL,
  created      BIGINT NOT NULL,
  created_by   TEXT NOT NULL,
  expires      BIGINT NOT NULL,      -- 0: never
  used         BIGINT NOT NULL,
  revoked      BIGINT NOT NULL
);
CREATE INDEX principal_token_principal ON principal_token (principal_id);
CREATE INDEX principal_token_login ON principal_token (login);

-- +goose Down
