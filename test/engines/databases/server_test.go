//go:build engines

package databases

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nobody is who servers run as where the tests run as root.
const nobody = 65534

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

// folder returns a new short-named folder (sockets have short names) that the
// servers' user owns.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tarn-db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// command is a program of a server's, run as its user.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	cmd.Dir = "/"
	return cmd
}

func must(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// serve starts a server and waits until it accepts connections; it is stopped
// with the test.
func serve(t testing.TB, cmd *exec.Cmd, stop os.Signal, ready func() error) {
	t.Helper()
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(stop)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	late := time.After(60 * time.Second)
	for {
		err := ready()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", cmd.Args[0], err, log.String())
		case <-late:
			t.Fatalf("%s does not get ready: %v\n%s", cmd.Args[0], err, log.String())
		}
	}
}

// postgres is a running server.
type postgres struct {
	bin  string
	dir  string
	port int
}

// startPostgres makes a cluster of its own and runs it.
func startPostgres(t testing.TB, settings ...string) *postgres {
	t.Helper()
	p := &postgres{bin: postgresPrograms(t), dir: folder(t), port: freePort(t)}
	data := filepath.Join(p.dir, "data")
	must(t, command(t.Context(), filepath.Join(p.bin, "initdb"), "-D", data, "-U", "tarn", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"))
	args := []string{"-D", data, "-p", fmt.Sprint(p.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + p.dir, "-c", "fsync=off", "-c", "max_wal_size=4GB"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	serve(t, command(context.Background(), filepath.Join(p.bin, "postgres"), args...), os.Interrupt, func() error {
		return command(t.Context(), filepath.Join(p.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", fmt.Sprint(p.port), "-U", "tarn", "-d", "postgres").Run()
	})
	return p
}

// postgresPrograms is the folder of the newest server that is installed.
func postgresPrograms(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_isready")
	if path, err := exec.LookPath("pg_isready"); err == nil && len(found) == 0 {
		found = append(found, path)
	}
	if len(found) == 0 {
		t.Fatal("PostgreSQL's server programs are missing: apt-get install postgresql, or put them on PATH")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

func (p *postgres) url(database string) string {
	return fmt.Sprintf("postgres://tarn@127.0.0.1:%d/%s", p.port, database)
}

// sql runs statements with psql and returns what it prints, unaligned.
func (p *postgres) sql(t testing.TB, database string, statements ...string) string {
	t.Helper()
	args := []string{"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", p.url(database)}
	for _, s := range statements {
		args = append(args, "-c", s)
	}
	return strings.TrimSpace(must(t, exec.CommandContext(t.Context(), filepath.Join(p.bin, "psql"), args...)))
}
