//go:build engines

package databases

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// mariadb is a running server.
type mariadb struct {
	root string
	dir  string
	port int
}

// startMariaDB makes a data folder of its own and runs a server on it.
func startMariaDB(t testing.TB, settings ...string) *mariadb {
	t.Helper()
	m := &mariadb{root: mariadbPrograms(t), dir: folder(t), port: freePort(t)}
	data := filepath.Join(m.dir, "data")
	must(t, m.command(t.Context(), "bin/mariadb-install-db", "--no-defaults", "--basedir="+filepath.Join(m.root, "usr"), "--datadir="+data,
		"--auth-root-authentication-method=normal", "--skip-test-db"))
	args := append([]string{"--no-defaults", "--basedir=" + filepath.Join(m.root, "usr"), "--datadir=" + data, "--port=" + fmt.Sprint(m.port),
		"--bind-address=127.0.0.1", "--socket=" + filepath.Join(m.dir, "s"), "--pid-file=" + filepath.Join(m.dir, "pid"),
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=512M", "--character-set-server=utf8mb4"}, settings...)
	serve(t, m.command(context.Background(), "sbin/mariadbd", args...), syscall.SIGTERM, func() error {
		return m.client(t.Context(), "", "SELECT 1").Run()
	})
	m.sql(t, "", "CREATE DATABASE shop", "CREATE USER reader@'%' IDENTIFIED BY 'pass/w@rd'", "GRANT SELECT, LOCK TABLES ON shop.* TO reader@'%'")
	return m
}

// command is a program of the server's, run as its user.
func (m *mariadb) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := command(ctx, filepath.Join(m.root, "usr", name), args...)
	if m.root != "/" {
		lib := filepath.Join(m.root, "usr/lib/x86_64-linux-gnu")
		if found, _ := filepath.Glob(filepath.Join(m.root, "usr/lib/*-linux-gnu")); len(found) > 0 {
			lib = found[0]
		}
		top, _ := filepath.Glob(filepath.Join(m.root, "lib/*-linux-gnu"))
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+strings.Join(append(top, lib), ":"))
	}
	return cmd
}

func (m *mariadb) client(ctx context.Context, database string, statement string) *exec.Cmd {
	args := []string{"--no-defaults", "--protocol=tcp", "-h127.0.0.1", "-P" + fmt.Sprint(m.port), "-uroot", "-N", "-B", "--default-character-set=utf8mb4", "-e", statement}
	if database != "" {
		args = append(args, database)
	}
	return m.command(ctx, "bin/mariadb", args...)
}

// sql runs statements and returns what the client prints, without names.
func (m *mariadb) sql(t testing.TB, database string, statements ...string) string {
	t.Helper()
	return strings.TrimSpace(must(t, m.client(t.Context(), database, strings.Join(statements, ";\n"))))
}

func (m *mariadb) url(database string) string {
	return fmt.Sprintf("mysql://reader:pass/w@rd@127.0.0.1:%d/%s", m.port, database)
}

// packages are what a server needs beyond what Debian always has.
var packages = []string{"mariadb-server-core", "mariadb-server", "mariadb-client-core", "mariadb-common", "libmariadb3", "libaio1", "liburing2"}

// mariadbPrograms is the folder above usr where the server is: the root where it
// is installed, else one to which Debian's packages are unpacked; the mark is
// written last.
func mariadbPrograms(t testing.TB) string {
	t.Helper()
	if _, err := os.Stat("/usr/sbin/mariadbd"); err == nil {
		return "/"
	}
	root := filepath.Join(os.TempDir(), "tarn-engines-mariadb") // where the servers' user can read
	mark := filepath.Join(root, "complete")
	if _, err := os.Stat(mark); err == nil {
		return root
	}
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	fetch := exec.CommandContext(t.Context(), "apt-get", append([]string{"download", "-q"}, packages...)...)
	fetch.Dir = root
	if out, err := fetch.CombinedOutput(); err != nil {
		t.Fatalf("MariaDB is not installed and cannot be fetched (%v): apt-get install mariadb-server, or let apt-get reach Debian's packages\n%s", err, out)
	}
	debs, _ := filepath.Glob(filepath.Join(root, "*.deb"))
	for _, deb := range debs {
		must(t, exec.CommandContext(t.Context(), "dpkg-deb", "-x", deb, root))
	}
	if err := os.WriteFile(mark, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}
