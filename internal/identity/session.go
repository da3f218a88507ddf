package identity

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// session is somebody who showed a token.
type session struct {
	access Access
	origin
}

// origin is where a token comes from.
type origin struct {
	// principal is the id of whose it is.
	principal string
	// login is what was shown for the token, "" where people made it, and
	// loginAt when.
	login   string
	loginAt time.Time
	// hash is that of the password which was shown.
	hash string
}

// begun is the login that a token is which people made.
func (s session) begun(at time.Time) session {
	s.login, s.loginAt = s.access.Token, at
	return s
}

// usedWithin is how exactly it is kept when a token was used, and noteWithin how
// long a request waits for that.
const (
	usedWithin = time.Minute
	noteWithin = time.Second
)

// session finds whose a token is, as it is at this moment; one without access is
// nobody's. That a token ended is told to who has it: it is no guess.
func (d *Directory) session(ctx context.Context, token string) (session, error) {
	return d.shown(ctx, credential.TokenHash(token))
}

// shown is session for the hash of a token.
func (d *Directory) shown(ctx context.Context, hash string) (s session, err error) {
	var t Token
	err = d.db.View(ctx, func(tx metadb.Tx) error {
		t, s, err = lookUp(ctx, tx, hash, d.now())
		return err
	})
	if err != nil || t.ID == "" {
		return session{}, err
	}
	if d.now().Sub(t.Used) >= usedWithin {
		d.used(ctx, t.ID)
	}
	return s, nil
}

// used notes that a token was used. It is no reason to keep somebody out that
// this cannot be noted: the database may be read alone.
func (d *Directory) used(ctx context.Context, id string) {
	ctx, stop := context.WithTimeout(ctx, noteWithin)
	defer stop()
	now := micros(d.now())
	_ = d.db.Note(ctx, func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE principal_token SET used = ? WHERE id = ? AND used < ?`, now, id, now)
		return err
	})
}

// lookUp finds a token by its hash, with whose it is. A token without an id is
// nobody's.
func lookUp(ctx context.Context, tx metadb.Tx, hash string, now time.Time) (Token, session, error) {
	t, s, err := tokenWith(ctx, tx, `t.hash`, hash)
	if err == nil && t.ID != "" {
		err = t.ended(now)
	}
	if err != nil || t.ID == "" {
		return Token{}, session{}, err
	}
	return t, s, s.access.fill(ctx, tx, s.principal)
}

// tokenWith finds a token by a column, with whose it is; one without an id is not
// there. That its principal is disabled is an error.
func tokenWith(ctx context.Context, tx metadb.Tx, column, value string) (t Token, s session, err error) {
	var disabled, loginAt int64
	var password string
	err = t.scan(tx.QueryRow(ctx, `SELECT `+tokenColumns+`, t.principal_id, t.login_at, p.disabled, p.password
		FROM principal_token t JOIN principal p ON p.id = t.principal_id WHERE `+column+` = ?`, value), &s.principal, &loginAt, &disabled, &password)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Token{}, session{}, nil
	case err == nil && disabled != 0:
		err = &Refusal{Reason: "the token's principal is disabled"}
	}
	if err != nil {
		return Token{}, session{}, err
	}
	if s.login, s.loginAt = t.Login, timeOf(loginAt); s.login == byPassword {
		s.hash = password
	}
	s.access = Access{Principal: t.Principal, Scopes: t.Scopes, Token: t.ID, Expires: t.Expires, origin: s.origin}
	return t, s, nil
}

// ended is why a token is no longer good; nil is that it is.
func (t Token) ended(now time.Time) error {
	switch t.State(now) {
	case Expired:
		return &Refusal{Reason: "the token has expired"}
	case Revoked:
		return &Refusal{Reason: "the token was revoked"}
	}
	return nil
}

// fill adds groups and roles.
func (a *Access) fill(ctx context.Context, tx metadb.Tx, id string) (err error) {
	a.Groups, err = texts[string](ctx, tx, `SELECT g.name FROM principal_member m JOIN principal g ON g.id = m.group_id WHERE m.member_id = ? ORDER BY g.name`, id)
	if err != nil {
		return err
	}
	a.Roles, err = texts[Role](ctx, tx, `SELECT DISTINCT role FROM principal_role
		WHERE principal_id = ? OR principal_id IN (SELECT group_id FROM principal_member WHERE member_id = ?) ORDER BY role`, id, id)
	return err
}

// read adds groups and roles, and reports whether a verifier is still that of the
// user's password. It is asked for each statement, several times: one SELECT.
func (a *Access) read(ctx context.Context, r metadb.Reader, id, verifier string) (known bool, err error) {
	rows, err := r.Query(ctx, `SELECT 'known', '' FROM principal WHERE id = ? AND disabled = 0 AND scram = ?
		UNION ALL SELECT 'group', g.name FROM principal_member m JOIN principal g ON g.id = m.group_id WHERE m.member_id = ?
		UNION SELECT 'role', role FROM principal_role
			WHERE principal_id = ? OR principal_id IN (SELECT group_id FROM principal_member WHERE member_id = ?)
		ORDER BY 1, 2`, id, verifier, id, id, id)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	a.Groups, a.Roles = nil, nil // it may be asked again
	for rows.Next() {
		var what, name string
		if err := rows.Scan(&what, &name); err != nil {
			return false, err
		}
		switch what {
		case "known":
			known = true
		case "group":
			a.Groups = append(a.Groups, name)
		default:
			a.Roles = append(a.Roles, Role(name))
		}
	}
	return known, rows.Err()
}
