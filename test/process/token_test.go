package process

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A token is the password of its principal for PostgreSQL's clients, and what it
// let in ends when it is revoked: what runs, and whatever comes next.
func TestARevokedTokenEndsWhatRuns(t *testing.T) {
	p := newProject(t)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	p.must("user", "add", "etl", "--service", "--role", "owner")
	token := strings.TrimSpace(p.must("token", "create", "etl", "--scope", "read"))
	id := regexp.MustCompile(`t[0-9a-f]{16}`).FindString(p.must("token", "list"))
	s := serve(t, p)
	defer s.stop()
	url := strings.Replace(s.postgres, "owner@", "etl:"+token+"@", 1)
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if _, err := c.Exec(ctx, "CREATE TABLE a AS SELECT 1 AS n"); state(err) != "42501" {
		t.Errorf("a token for reading changes something: %v", err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := c.Exec(ctx, "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = -1")
		ended <- err
	}()
	p.must("token", "revoke", id)
	if err := <-ended; state(err) != "28000" || !strings.Contains(err.Error(), "the token was revoked") {
		t.Error(err)
	}
	if _, err := c.Exec(ctx, "SELECT 1"); state(err) != "28000" {
		t.Error(err)
	}
	if _, err := pgx.Connect(ctx, url); state(err) != "28000" {
		t.Error(err)
	}
}

// state is the SQLSTATE of an error.
func state(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
