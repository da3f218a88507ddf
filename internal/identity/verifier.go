package identity

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// In SCRAM the server names the salt before it knows which secret the client
// has. So all secrets of a principal, the password and the tokens, have verifiers
// with one salt and as many iterations.

// verifier makes the SCRAM verifier of a principal's new secret: with the salt
// that its others have, a new one where there are none.
func (d *Directory) verifier(ctx context.Context, tx metadb.Tx, principal, secret string) (string, error) {
	var other string
	err := tx.QueryRow(ctx, `SELECT scram FROM (
			SELECT scram, 0 AS place FROM principal WHERE id = ?
			UNION ALL SELECT scram, 1 FROM principal_token WHERE principal_id = ? AND revoked = 0
		) AS known WHERE scram <> '' ORDER BY place, scram LIMIT 1`, principal, principal).Scan(&other)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return credential.Verifier(secret, d.iterations)
	case err != nil:
		return "", err
	}
	return credential.Like(other, secret)
}

// key is a secret that a name can be shown to have.
type key struct {
	verifier string
	// token is the hash of the token that it is; "" is a password.
	token string
	// owner: it is the owner's token; nobody: it is in the place of that.
	owner, nobody bool
}

// keysOf finds the secrets of a name that may log in, which have one salt; none
// of a name that nobody has. Tokens that have ended are among them: who shows one
// is told that.
func (d *Directory) keysOf(ctx context.Context, name string) (id string, keys []key, err error) {
	err = d.db.View(ctx, func(tx metadb.Tx) error {
		id, keys = "", nil
		var password string
		err := tx.QueryRow(ctx, `SELECT id, scram FROM principal WHERE name = ? AND kind <> ? AND disabled = 0`, name, string(Group)).Scan(&id, &password)
		if err != nil {
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			return err
		}
		if keys, err = collect(ctx, tx, func(rows *sql.Rows) (k key, err error) {
			err = rows.Scan(&k.verifier, &k.token)
			return k, err
		}, `SELECT scram, hash FROM principal_token WHERE principal_id = ? AND scram <> '' ORDER BY revoked, created DESC, id`, id); err != nil {
			return err
		}
		if password != "" {
			keys = append([]key{{verifier: password}}, keys...)
		}
		return nil
	})
	return id, alike(keys), err
}

// alike are the keys with the salt of the first: those of tokens that were
// revoked may have another one.
func alike(keys []key) (same []key) {
	for _, k := range keys {
		if credential.SameSalt(k.verifier, keys[0].verifier) {
			same = append(same, k)
		}
	}
	return same
}
