package metadbtest

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Server is the environment variable with the address of a Postgres database in
// which [Place] makes schemas, so that the tests of those who keep tables run
// over a server, too.
const Server = "TARN_TEST_POSTGRES"

// Place returns where a new, empty database is: a file below dir, or a schema of
// the server that the environment names, which has a name of its own for each
// dir and file.
func Place(t testing.TB, dir, file string) string {
	t.Helper()
	server := os.Getenv(Server)
	if server == "" {
		return filepath.Join(dir, file)
	}
	schema := "t" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(filepath.Join(dir, file))).String()
	db, err := metadb.Open(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(t.Context(), func(tx metadb.Tx) error {
		_, err := tx.Exec(t.Context(), fmt.Sprintf(`CREATE SCHEMA IF NOT EXISTS "%s"`, schema))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

// Open opens a new, empty database ([Place]) for as long as the test runs.
func Open(t testing.TB, dir, file string) *metadb.DB {
	t.Helper()
	return open(t, Place(t, dir, file))
}

func open(t testing.TB, place string, options ...metadb.Option) *metadb.DB {
	t.Helper()
	db, err := metadb.Open(t.Context(), place, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
