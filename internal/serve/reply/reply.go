// Package reply remembers what requests have done that clients may send again,
// as they must where they have not heard the answer.
//
// It promises:
//
//  1. What a request did is noted in the transaction that does it: either both
//     are there or neither, whenever the process dies.
//  2. A key is one principal's, and stands for one request: the same key with
//     another request is a [*Problem], not an answer.
//  3. Notes last a day.
//
// It leaves to others what requests do and how they are answered.
package reply

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// lasts is how long notes are kept.
const lasts = 24 * time.Hour

// longestKey is how many bytes a key may have.
const longestKey = 255

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the table of notes up to date.
func Migrate(ctx context.Context, db *metadb.DB) error {
	return db.MigrateFrom(ctx, "reply", migrations, "migrations")
}

// Notes are those in one database: the one that the changes are made in.
type Notes struct {
	db  *metadb.DB
	now func() time.Time
}

// Open brings the table up to date, and opens it. now is the machine's clock
// where it is nil.
func Open(ctx context.Context, db *metadb.DB, now func() time.Time) (*Notes, error) {
	if err := Migrate(ctx, db); err != nil {
		return nil, fmt.Errorf("open the notes of requests: %w", err)
	}
	if now == nil {
		now = time.Now
	}
	return &Notes{db, now}, nil
}

// Request is one that may come again.
type Request struct{ principal, key, digest string }

// Problem is what is wrong with a key.
type Problem struct{ Reason string }

// Error says what is wrong.
func (p *Problem) Error() string { return p.Reason }

// NewRequest tells requests of a principal apart, by what they ask for; "" is a
// request without a key, which is nil. A key that is too long is a [*Problem].
func NewRequest(principal, key string, asks ...string) (*Request, error) {
	if key == "" {
		return nil, nil
	}
	if len(key) > longestKey {
		return nil, &Problem{fmt.Sprintf("the Idempotency-Key has %d characters, and may have %d", len(key), longestKey)}
	}
	sum := sha256.New()
	for _, part := range asks {
		fmt.Fprintf(sum, "%d:%s", len(part), part)
	}
	return &Request{principal, key, hex.EncodeToString(sum.Sum(nil))}, nil
}

// Same reports whether two requests are one that was sent twice; of one key and
// two requests the error is a [*Problem].
func (r *Request) Same(other *Request) (bool, error) {
	switch {
	case r == nil || other == nil || r.principal != other.principal || r.key != other.key:
		return false, nil
	case r.digest != other.digest:
		return false, another()
	}
	return true, nil
}

func another() error { return &Problem{"the Idempotency-Key belongs to another request"} }

// Keep notes in the transaction of a change that the request has made it. A
// request that was noted before is an error, so that nothing is done twice.
func (n *Notes) Keep(ctx context.Context, tx metadb.Tx, r *Request, body string) error {
	now := n.now()
	if _, err := tx.Exec(ctx, `DELETE FROM http_reply WHERE created_at < ?`, now.Add(-lasts).UnixMicro()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO http_reply (principal, id, digest, body, created_at) VALUES (?, ?, ?, ?, ?)`,
		r.principal, r.key, r.digest, body, now.UnixMicro())
	return err
}

// Find returns what was noted of the request; nil requests are never found.
func (n *Notes) Find(ctx context.Context, r *Request) (body string, found bool, err error) {
	if r == nil {
		return "", false, nil
	}
	var digest string
	err = n.db.View(ctx, func(tx metadb.Tx) error {
		err := tx.QueryRow(ctx, `SELECT digest, body FROM http_reply WHERE principal = ? AND id = ? AND created_at >= ?`,
			r.principal, r.key, n.now().Add(-lasts).UnixMicro()).Scan(&digest, &body)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		found = err == nil
		return err
	})
	if err == nil && found && digest != r.digest {
		return "", false, another()
	}
	return body, found, err
}
