// Package lab is for tests with other programs: the tarn binary, virtual
// environments of Python, servers that run as long as a test.
//
// It promises that what it starts it stops, and that what it installs is kept
// below test/engines/work for the next time. It leaves to the tests what the
// programs are for.
package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// root is the repository's folder, seen from the folder of a test.
const root = "../../.."

// Tarn returns the path of the binary that `make build` makes.
func Tarn(t testing.TB) string {
	t.Helper()
	tarn, err := filepath.Abs(filepath.Join(root, "bin", "tarn"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tarn); err != nil {
		t.Fatal("make build first:", err)
	}
	return tarn
}

// Work returns a folder for what is kept between runs of the tests.
func Work(t testing.TB, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "work", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Python returns the interpreter of a virtual environment with these
// requirements, one a line as pip reads them. The mark is written last.
func Python(t testing.TB, requirements string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(requirements))
	venv := filepath.Join(Work(t, "python"), hex.EncodeToString(sum[:6]))
	interpreter, mark := filepath.Join(venv, "bin", "python"), filepath.Join(venv, "complete")
	// Its programs name the folder that they were installed in.
	if where, err := os.ReadFile(mark); err == nil && string(where) == venv {
		return interpreter
	}
	if err := os.RemoveAll(venv); err != nil {
		t.Fatal(err)
	}
	Run(t, "python3", "-m", "venv", venv)
	list := filepath.Join(venv, "requirements.txt")
	if err := os.WriteFile(list, []byte(requirements), 0o644); err != nil {
		t.Fatal(err)
	}
	Run(t, interpreter, "-m", "pip", "install", "--quiet", "-r", list)
	if err := os.WriteFile(mark, []byte(venv), 0o644); err != nil {
		t.Fatal(err)
	}
	return interpreter
}

// Run runs a program and returns what it wrote; a failure ends the test.
func Run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// FreePort returns a port of this machine that nobody listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Serve starts a server, waits until it listens on the port, and stops it when
// the test ends.
func Serve(t testing.TB, port int, cmd *exec.Cmd) {
	t.Helper()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	var exit error
	go func() {
		exit = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		<-ended
	})
	deadline := time.After(2 * time.Minute)
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		var dialer net.Dialer
		conn, err := dialer.DialContext(t.Context(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = conn.Close()
			tick.Stop()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended: %v\n%s", cmd.Path, exit, out.String())
		case <-deadline:
			t.Fatalf("%s does not listen on port %d", cmd.Path, port)
		case <-tick.C:
		}
	}
}
