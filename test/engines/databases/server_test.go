//go:build engines

package databases

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/dbserver"
)

// freePort returns a port of the loopback that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func must(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// postgres is a server that is stopped with the test.
type postgres struct{ *dbserver.Postgres }

func startPostgres(t testing.TB, settings ...string) postgres {
	t.Helper()
	p, err := dbserver.StartPostgres(t.Context(), settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return postgres{p}
}

// sql runs statements and returns what psql prints.
func (p postgres) sql(t testing.TB, database string, statements ...string) string {
	t.Helper()
	out, err := p.SQL(t.Context(), database, statements...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// mariadb is a server that is stopped with the test.
type mariadb struct{ *dbserver.MariaDB }

func startMariaDB(t testing.TB, options ...string) mariadb {
	t.Helper()
	m, err := dbserver.StartMariaDB(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Stop(); err != nil {
			t.Error(err)
		}
	})
	return mariadb{m}
}

// sql runs statements as root and returns what the client prints.
func (m mariadb) sql(t testing.TB, database string, statements ...string) string {
	t.Helper()
	out, err := m.SQL(t.Context(), database, statements...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
