package identity

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
)

// give makes a token for a login, unless what was shown has ended since. It is
// for no more and lasts no longer than that.
func (d *Directory) give(ctx context.Context, s session, wanted []string) (Given, error) {
	now := d.now().UTC().Truncate(time.Microsecond)
	t := Token{ID: newID("t"), Principal: s.access.Principal, Scopes: s.access.Scopes, Login: s.login, Created: now, CreatedBy: s.access.Principal.String()}
	if narrow := known(wanted); len(narrow) > 0 {
		t.Scopes = both(t.Scopes, narrow)
	}
	text := credential.NewToken()
	access := s.access
	err := d.db.Update(ctx, func(tx metadb.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM principal_token WHERE login <> '' AND expires <= ?`, micros(now)); err != nil {
			return err
		}
		until, err := s.until(ctx, tx)
		if err != nil {
			return err
		}
		if t.Expires = now.Add(loginLasts); !until.IsZero() && until.Before(t.Expires) {
			t.Expires = until
		}
		if !now.Before(t.Expires) {
			return &Refusal{Reason: "the login is over: log in again"}
		}
		if err := insertToken(ctx, tx, s.principal, t, kept{hash: credential.TokenHash(text)}, s.loginAt); err != nil {
			return err
		}
		return access.fill(ctx, tx, s.principal)
	})
	if err != nil {
		return Given{}, err
	}
	access.Token, access.Scopes, access.Expires, access.origin = t.ID, t.Scopes, t.Expires, s.origin
	return Given{Token: secret.New(text), Scopes: t.Scopes, Lasts: t.Expires.Sub(now), Expires: t.Expires, Access: access}, nil
}

// until is when the login is over at the latest, zero for never. What was shown
// is looked at again in the transaction that goes on from it.
func (s origin) until(ctx context.Context, tx metadb.Tx) (time.Time, error) {
	var expires int64
	var err error
	switch {
	case s.hash != "":
		err = tx.QueryRow(ctx, `SELECT 0 FROM principal WHERE id = ? AND disabled = 0 AND password = ?`, s.principal, s.hash).Scan(&expires)
	default:
		err = tx.QueryRow(ctx, `SELECT t.expires FROM principal p JOIN principal_token t ON t.principal_id = p.id
			WHERE p.id = ? AND p.disabled = 0 AND t.id = ? AND t.revoked = 0`, s.principal, s.login).Scan(&expires)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return time.Time{}, notGood()
	case err == nil && s.login == byPassword:
		return s.loginAt.Add(passwordLasts), nil
	}
	return timeOf(expires), err
}
