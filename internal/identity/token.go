package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
)

// Token is what is kept of a token: all but itself.
type Token struct {
	ID        string
	Principal Principal
	// Name tells people what it is for.
	Name   string
	Scopes []Scope
	// Login is empty where people made the token. A token that was given at a
	// login names what was shown: the id of another token, or "password".
	Login     string
	Created   time.Time
	CreatedBy string
	// Expires, Used and Revoked are zero for never. Used is right to a minute.
	Expires, Used, Revoked time.Time
}

// TokenState says whether a token is good.
type TokenState string

// The states of tokens.
const (
	Good    TokenState = "good"
	Expired TokenState = "expired"
	Revoked TokenState = "revoked"
)

// State is what the token is at a time.
func (t Token) State(now time.Time) TokenState {
	switch {
	case !t.Revoked.IsZero():
		return Revoked
	case !t.Expires.IsZero() && !now.Before(t.Expires):
		return Expired
	}
	return Good
}

// NewToken is a token that is to be made.
type NewToken struct {
	// Principal is the name of whose it is.
	Principal string
	Name      string
	Scopes    []Scope
	// Lasts is for how long; 0 is for ever.
	Lasts time.Duration
	By    Principal
}

// CreateToken makes a token and returns it, which nobody can do again.
func (d *Directory) CreateToken(ctx context.Context, n NewToken) (Token, secret.Text, error) {
	now := d.now().UTC().Truncate(time.Microsecond)
	t := Token{ID: newID("t"), Name: n.Name, Scopes: n.Scopes, Created: now, CreatedBy: n.By.String()}
	if n.Lasts > 0 {
		t.Expires = now.Add(n.Lasts)
	}
	text := credential.NewToken()
	err := d.change(ctx, n.Principal, people, func(tx metadb.Tx, e Entry) error {
		t.Principal = Principal{e.Kind, e.Name}
		scram, err := d.verifier(ctx, tx, e.id, text)
		if err != nil {
			return err
		}
		return insertToken(ctx, tx, e.id, t, kept{credential.TokenHash(text), scram}, time.Time{})
	})
	if err != nil {
		return Token{}, secret.Text{}, err
	}
	return t, secret.New(text), nil
}

// kept is what is kept of the token itself. One that was given at a login has no
// verifier: it is shown as it is, and no password.
type kept struct{ hash, scram string }

func insertToken(ctx context.Context, tx metadb.Tx, principal string, t Token, k kept, login time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO principal_token
		(id, hash, scram, principal_id, name, scopes, login, login_at, created, created_by, expires, used, revoked)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
		t.ID, k.hash, k.scram, principal, t.Name, Words(t.Scopes), t.Login, micros(login), micros(t.Created), t.CreatedBy, micros(t.Expires))
	return err
}

const tokenColumns = `t.id, p.kind, p.name, t.name, t.scopes, t.login, t.created, t.created_by, t.expires, t.used, t.revoked`

// Tokens returns the tokens that people made, of one principal, or with name ""
// of all, by time.
func (d *Directory) Tokens(ctx context.Context, name string) (list []Token, err error) {
	err = d.db.View(ctx, func(tx metadb.Tx) error {
		if name != "" {
			e, err := find(ctx, tx, name, people...)
			if err != nil {
				return err
			}
			name = e.Name
		}
		list, err = collect(ctx, tx, scanToken,
			`SELECT `+tokenColumns+` FROM principal_token t JOIN principal p ON p.id = t.principal_id
			WHERE t.login = '' AND (p.name = ? OR ? = '') ORDER BY t.created, t.id`, name, name)
		return err
	})
	return list, err
}

// scan reads a row that begins with tokenColumns; more is what follows them.
func (t *Token) scan(row interface{ Scan(...any) error }, more ...any) error {
	var scopes string
	var created, expires, used, revoked int64
	err := row.Scan(append([]any{&t.ID, &t.Principal.Kind, &t.Principal.Name, &t.Name, &scopes, &t.Login, &created, &t.CreatedBy, &expires, &used, &revoked}, more...)...)
	t.Scopes = known(strings.Fields(scopes))
	t.Created, t.Expires, t.Used, t.Revoked = timeOf(created), timeOf(expires), timeOf(used), timeOf(revoked)
	return err
}

// RevokeToken ends a token, with those that were given for it, and returns its
// id. The token itself names it too: where somebody found it, there is nothing
// left to hide.
func (d *Directory) RevokeToken(ctx context.Context, named string) (id string, err error) {
	now := micros(d.now())
	err = d.update(ctx, func(tx metadb.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id FROM principal_token WHERE id = ? OR hash = ?`, named, credential.TokenHash(named)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return diag.New("unknown-token", diag.Place{}, "there is no such token").WithHint("tarn token list shows the ids of tokens")
		}
		if err != nil {
			return fmt.Errorf("revoke a token: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE principal_token SET revoked = ? WHERE id = ? AND revoked = 0`, now, id); err != nil {
			return fmt.Errorf("revoke the token %s: %w", id, err)
		}
		_, err = tx.Exec(ctx, `DELETE FROM principal_token WHERE login = ?`, id)
		return err
	})
	return id, err
}

func scanToken(rows *sql.Rows) (t Token, err error) {
	err = t.scan(rows)
	return t, err
}
