package identity

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
)

// How long passwords are.
const (
	shortestPassword = 12
	longestPassword  = 1024
)

// byPassword stands where a token came from a login with a password.
const byPassword = "password"

// hashed is a prepared password with its argon2id hash.
type hashed struct{ password, argon string }

// hash refuses passwords that are easily guessed, and hashes the others.
func (d *Directory) hash(name string, password secret.Text) (h hashed, err error) {
	weak := func(format string, args ...any) error {
		return diag.New("weak-password", diag.Place{}, "the password is not taken: "+format, args...).
			WithHint("take %d characters at least; several words that do not belong together are good", shortestPassword)
	}
	prepared, err := credential.Prepare(password.Reveal())
	switch {
	case err != nil:
		return h, weak("%v", err)
	case utf8.RuneCountInString(prepared) < shortestPassword:
		return h, weak("it is too short")
	case len(prepared) > longestPassword:
		return h, weak("it is longer than %d bytes", longestPassword)
	case fewCharacters(prepared):
		return h, weak("it is the same few characters again and again")
	case strings.Contains(ident.Fold(prepared), name) && utf8.RuneCountInString(prepared)-len(name) < shortestPassword:
		return h, weak("it is made of the name")
	}
	return hashed{prepared, credential.Hash(prepared, d.cost)}, nil
}

// fewCharacters reports whether a password is of less than five different ones.
func fewCharacters(s string) bool {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen) < 5
}

// SetPassword changes a user's password. What was handed out for the old one
// ends.
func (d *Directory) SetPassword(ctx context.Context, name string, password secret.Text) error {
	if _, err := d.passwordUser(ctx, name); err != nil {
		return err
	}
	set, err := d.hash(ident.Fold(name), password)
	if err != nil {
		return err
	}
	now := micros(d.now())
	return d.change(ctx, name, people, func(tx metadb.Tx, e Entry) error {
		if err := hasPassword(e); err != nil {
			return err
		}
		// A new password has a new salt, unless tokens have the old one's.
		if _, err := tx.Exec(ctx, `UPDATE principal SET scram = '' WHERE id = ?`, e.id); err != nil {
			return err
		}
		scram, err := d.verifier(ctx, tx, e.id, set.password)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE principal SET password = ?, scram = ?, password_set = ? WHERE id = ?`, set.argon, scram, now, e.id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM principal_token WHERE principal_id = ? AND login = ?`, e.id, byPassword)
		return err
	})
}

// passwordUser finds a user before a password is asked for, or hashed.
func (d *Directory) passwordUser(ctx context.Context, name string) (Entry, error) {
	e, err := d.Get(ctx, name, people...)
	if err != nil {
		return e, err
	}
	return e, hasPassword(e)
}

func hasPassword(e Entry) error {
	if e.Kind == User {
		return nil
	}
	return diag.New("no-password", diag.Place{}, "%s is a service principal, which has no password", e.Name).
		WithHint("tarn token create %s makes a token, which is its client secret too", e.Name)
}
