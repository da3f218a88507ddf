package metadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// claimers is how many claims one process has at once; more of them queue.
const claimers = 4

// claimKey is the first key of the locks of claims.
const claimKey = 0x7461726f

// claim takes locks that the server lets go of when the connection ends. They
// have connections of their own, as who holds one needs another to go on.
func (s *server) claim(ctx context.Context, names []string) (*Claim, error) {
	conn, err := s.claims.Conn(ctx)
	if err != nil {
		return passed(ctx, err)
	}
	c := &Claim{release: func() { letGo(conn) }}
	for _, name := range names {
		var got bool
		err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1, hashtext(current_schema() || '/' || $2))`, claimKey, name).Scan(&got)
		if err == nil && !got {
			c.waited = true
			_, err = conn.ExecContext(ctx, `SELECT pg_advisory_lock($1, hashtext(current_schema() || '/' || $2))`, claimKey, name)
		}
		if err != nil {
			return passed(ctx, errors.Join(err, discard(conn)))
		}
	}
	return c, nil
}

// passed goes on without a claim where the server does not give it: what
// happens next will tell why.
func passed(ctx context.Context, err error) (*Claim, error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	return &Claim{waited: true}, nil
}

// letGo unlocks what a connection has; one that cannot is given up, which is as
// good.
func letGo(conn *sql.Conn) {
	ctx, stop := context.WithTimeout(context.Background(), cancelWait)
	defer stop()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock_all()`); err != nil {
		_ = discard(conn)
		return
	}
	_ = conn.Close()
}

// claimIdle is how long a connection for claims is kept that nobody needs.
const claimIdle = time.Minute
