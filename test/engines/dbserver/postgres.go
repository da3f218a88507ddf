package dbserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// Postgres is a running PostgreSQL. Its superuser tarn needs no password.
type Postgres struct {
	*server
	bin  string
	args []string
}

// StartPostgres makes a cluster and runs it with settings such as
// shared_buffers=256MB.
func StartPostgres(ctx context.Context, settings ...string) (*Postgres, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is right
	if path, err := exec.LookPath("initdb"); err == nil && len(found) == 0 {
		found = append(found, path)
	}
	if len(found) == 0 {
		return nil, errors.New("PostgreSQL's server programs are missing: apt-get install postgresql, or put initdb on PATH")
	}
	slices.Sort(found)
	s, err := newServer(os.Interrupt)
	if err != nil {
		return nil, err
	}
	p := &Postgres{server: s, bin: filepath.Dir(found[len(found)-1])}
	data := filepath.Join(s.dir, "data")
	if _, err := output(asNobody(exec.CommandContext(ctx, p.program("initdb"), "-D", data, "-U", "tarn", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"))); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	p.args = []string{"-D", data, "-p", fmt.Sprint(s.Port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + s.dir, "-c", "fsync=off", "-c", "max_wal_size=4GB"}
	for _, setting := range settings {
		p.args = append(p.args, "-c", setting)
	}
	if err := p.run(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return p, nil
}

// run starts the server over the data that it has.
func (p *Postgres) run(ctx context.Context) error {
	return p.start(asNobody(exec.CommandContext(context.WithoutCancel(ctx), p.program("postgres"), p.args...)), func() error {
		_, err := p.SQL(ctx, "postgres", "SELECT 1")
		return err
	})
}

// Restart ends the server, with all its connections, and starts it again.
func (p *Postgres) Restart(ctx context.Context) error {
	if err := p.end(p.signal); err != nil {
		return err
	}
	return p.run(ctx)
}

func (p *Postgres) program(name string) string { return filepath.Join(p.bin, name) }

// URL is a database's address.
func (p *Postgres) URL(database string) string {
	return fmt.Sprintf("postgres://tarn@127.0.0.1:%d/%s", p.Port, database)
}

// Psql is a psql of a database.
func (p *Postgres) Psql(database string, args ...string) []string {
	return append([]string{p.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", p.URL(database)}, args...)
}

// SQL runs statements and returns what psql prints.
func (p *Postgres) SQL(ctx context.Context, database string, statements ...string) (string, error) {
	args := p.Psql(database)
	for _, s := range statements {
		args = append(args, "-c", s)
	}
	return output(exec.CommandContext(ctx, args[0], args[1:]...))
}
