//go:build engines

package metadata

import (
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
)

// What Tarn keeps of a password to log people in by SCRAM-SHA-256 is what
// Postgres keeps: a Postgres that is given it lets pgx and psql in with the
// password, and with no other.
func TestPostgresTakesTheVerifiersThatTarnKeeps(t *testing.T) {
	ctx := t.Context()
	db, err := metadb.Open(ctx, filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	known, err := identity.Open(ctx, identity.Options{State: db})
	if err != nil {
		t.Fatal(err)
	}
	database := fresh(t)
	// One role is asked for its password; the others are trusted as before.
	if _, err := shared.SQL(ctx, "postgres", "CREATE ROLE scrammed",
		`DO $$ BEGIN EXECUTE format('COPY (VALUES (%L), (%L)) TO %L', 'host all scrammed 127.0.0.1/32 scram-sha-256',
			'host all all 127.0.0.1/32 trust', current_setting('hba_file')); END $$`,
		"SELECT pg_reload_conf()"); err != nil {
		t.Fatal(err)
	}
	for name, password := range map[string]string{
		"plain": "correct horse battery", "accents": "caf\u00e9 na\u00efve horse", "thai": "\u0e01\u0e49\u0e32\u0e27 \u0e21\u0e49\u0e32 horses", "composed": "cafe\u0301 nai\u0308ve horse", "spaces": "correct\u00a0horse battery", "emoji": "correct horse 🐎 battery",
	} {
		t.Run(name, func(t *testing.T) {
			if err := known.Add(ctx, identity.New{Kind: identity.User, Name: name, Password: secret.New(password)}); err != nil {
				t.Fatal(err)
			}
			var verifier string
			err := db.View(ctx, func(tx metadb.Tx) error {
				return tx.QueryRow(ctx, `SELECT scram FROM principal WHERE name = ?`, name).Scan(&verifier)
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := shared.SQL(ctx, "postgres", "ALTER ROLE scrammed LOGIN PASSWORD '"+verifier+"'"); err != nil {
				t.Fatal(err)
			}
			for offered, good := range map[string]bool{password: true, password + "!": false, strings.ToUpper(password): false} {
				at, err := url.Parse(database)
				if err != nil {
					t.Fatal(err)
				}
				at.User = url.UserPassword("scrammed", offered)
				conn, err := pgx.Connect(ctx, at.String())
				if (err == nil) != good {
					t.Errorf("%q: %v", offered, err)
				}
				if err == nil {
					_ = conn.Close(ctx)
				}
				psql := exec.CommandContext(ctx, shared.Psql("postgres")[0], "-X", "-d", at.String(), "-c", "SELECT 1")
				if out, err := psql.CombinedOutput(); (err == nil) != good {
					t.Errorf("psql, %q: %v: %s", offered, err, out)
				}
			}
		})
	}
}
