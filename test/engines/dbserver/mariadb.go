package dbserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// MariaDB is a running server with a database, shop, and a user, reader, who may
// read and lock it.
type MariaDB struct {
	*server
	// root is the folder above usr.
	root string
}

// ReaderPassword is the password of the user reader.
const ReaderPassword = "pass/w@rd"

// StartMariaDB makes a data folder and runs a server with options such as
// --sql-mode=.
func StartMariaDB(ctx context.Context, options ...string) (*MariaDB, error) {
	root, err := mariadbPrograms(ctx)
	if err != nil {
		return nil, err
	}
	s, err := newServer(syscall.SIGTERM)
	if err != nil {
		return nil, err
	}
	m := &MariaDB{server: s, root: root}
	data, usr := filepath.Join(s.dir, "data"), filepath.Join(root, "usr")
	if _, err := output(m.program(ctx, "bin/mariadb-install-db", "--no-defaults", "--basedir="+usr, "--datadir="+data,
		"--auth-root-authentication-method=normal", "--skip-test-db")); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	args := append([]string{"--no-defaults", "--basedir=" + usr, "--datadir=" + data, "--port=" + fmt.Sprint(s.Port),
		"--bind-address=127.0.0.1", "--socket=" + filepath.Join(s.dir, "s"), "--pid-file=" + filepath.Join(s.dir, "pid"),
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=512M", "--character-set-server=utf8mb4"}, options...)
	err = s.start(m.program(context.WithoutCancel(ctx), "sbin/mariadbd", args...), func() error {
		_, err := m.SQL(ctx, "", "SELECT 1")
		return err
	})
	if err == nil {
		_, err = m.SQL(ctx, "", "CREATE DATABASE shop", "CREATE USER reader@'%' IDENTIFIED BY '"+ReaderPassword+"'", "GRANT SELECT, LOCK TABLES ON shop.* TO reader@'%'")
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return m, nil
}

// program is one of the server's, run as its user.
func (m *MariaDB) program(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := asNobody(exec.CommandContext(ctx, filepath.Join(m.root, "usr", name), args...))
	if m.root != "/" {
		var folders []string
		for _, pattern := range []string{"usr/lib/*-linux-gnu", "lib/*-linux-gnu"} {
			found, _ := filepath.Glob(filepath.Join(m.root, pattern)) // the pattern is right
			folders = append(folders, found...)
		}
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+strings.Join(folders, ":"))
	}
	return cmd
}

// URL is the address of the database shop for reader.
func (m *MariaDB) URL(database string) string {
	return fmt.Sprintf("mysql://reader:%s@127.0.0.1:%d/%s", ReaderPassword, m.Port, database)
}

// SQL runs statements as root and returns what the client prints.
func (m *MariaDB) SQL(ctx context.Context, database string, statements ...string) (string, error) {
	args := []string{"--no-defaults", "--protocol=tcp", "-h127.0.0.1", "-P" + fmt.Sprint(m.Port), "-uroot", "-N", "-B",
		"--default-character-set=utf8mb4", "-e", strings.Join(statements, ";\n")}
	if database != "" {
		args = append(args, database)
	}
	return output(m.program(ctx, "bin/mariadb", args...))
}

// packages are what a server needs beyond what Debian always has.
var packages = []string{"mariadb-server-core", "mariadb-server", "mariadb-client-core", "mariadb-common", "libmariadb3", "libaio1", "liburing2"}

// mariadbPrograms is the folder above usr where the server is: the root where it
// is installed, else one to which Debian's packages are unpacked; the mark is
// written last.
func mariadbPrograms(ctx context.Context) (string, error) {
	if _, err := os.Stat("/usr/sbin/mariadbd"); err == nil {
		return "/", nil
	}
	root := filepath.Join(os.TempDir(), "tarn-engines-mariadb") // where the servers' user can read
	mark := filepath.Join(root, "complete")
	if _, err := os.Stat(mark); err == nil {
		return root, nil
	}
	if err := errors.Join(os.RemoveAll(root), os.MkdirAll(root, 0o755)); err != nil {
		return "", err
	}
	fetch := exec.CommandContext(ctx, "apt-get", append([]string{"download", "-q"}, packages...)...)
	fetch.Dir = root
	if _, err := output(fetch); err != nil {
		return "", fmt.Errorf("MariaDB is not installed and cannot be fetched: apt-get install mariadb-server, or let apt-get reach Debian's packages: %w", err)
	}
	debs, _ := filepath.Glob(filepath.Join(root, "*.deb")) // the pattern is right
	for _, deb := range debs {
		if _, err := output(exec.CommandContext(ctx, "dpkg-deb", "-x", deb, root)); err != nil {
			return "", err
		}
	}
	return root, os.WriteFile(mark, nil, 0o644)
}
