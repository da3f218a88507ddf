// Package script tests the command line as people type it: each file in
// testdata is a session, with the files that it needs below it.
//
// It promises that what a script shows is what the real commands print. It
// leaves to others what happens when processes die (test/process), and other
// programs (test/engines).
package script

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tarn-lake/tarn/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tarn": tarn})
}

// tarn is the program, as cmd/tarn runs it.
func tarn() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := cli.Main(ctx, cli.Program{
		Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Version: "test",
	})
	stop()
	os.Exit(code)
}

func TestScripts(t *testing.T) {
	flights, err := filepath.Abs(filepath.Join("testdata", "flights"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"append":  appendBytes,
			"bytes":   writeBytes,
			"capture": capture,
			"cut":     cut,
			"edit":    edit,
			"gzip":    compress,
			"longrow": longRow,
			"another": asAnother,
			"memory":  withinMemory,
			"numbers": numbers,
			"pack":    pack,
			"serve":   serve,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Setenv("FLIGHTS", flights)
			// Hundreds of short processes: collecting their garbage is for nothing.
			e.Setenv("GOGC", "400")
			return nil
		},
	})
}

// writeBytes writes a file from a Go string literal: bytes FILE "a\x00b".
func writeBytes(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// edit replaces a text in a file, as an editor does: edit FILE OLD NEW.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	text := ts.ReadFile(path)
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}

// appendBytes adds to a file: append FILE "2,b\n".
func appendBytes(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteString(text)
	ts.Check(errors.Join(err, f.Close()))
}

// capture keeps what the group of an expression found in the last output:
// capture NAME stdout|stderr 'run (r[0-9a-f-]+)'.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if len(found) < 2 {
		ts.Fatalf("%s is not in %s", args[2], args[1])
	}
	ts.Setenv(args[0], found[1])
}

// cut keeps the first bytes of a file: cut FILE N.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// compress packs a file: gzip FROM TO.
func compress(ts *testscript.TestScript, _ bool, args []string) {
	content, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err = w.Write(content)
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}

// longRow writes a CSV file with a row of about N bytes between two others:
// longrow FILE N.
func longRow(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = fmt.Fprintf(f, "id,text\n1,before\n2,%s\n3,after\n", strings.Repeat("x", n))
	ts.Check(err)
	ts.Check(f.Close())
}

// numbers writes a CSV file of N rows: numbers FILE N.
func numbers(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b bytes.Buffer
	b.WriteString("id,square\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d\n", i, i*i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

// asAnother runs a command as a user without rights over the script's files,
// where the tests run as root; else as the user they run as: another COMMAND….
func asAnother(ts *testscript.TestScript, neg bool, args []string) {
	cmd := process(ts, args)
	if os.Getuid() == 0 {
		reachable(ts, filepath.Dir(cmd.Path))
		reachable(ts, cmd.Dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	ended(ts, neg, cmd.Run())
}

// reachable lets everybody pass the temporary folders above dir.
func reachable(ts *testscript.TestScript, dir string) {
	for p := dir; strings.HasPrefix(p, os.TempDir()+string(filepath.Separator)); p = filepath.Dir(p) {
		info, err := os.Stat(p)
		ts.Check(err)
		ts.Check(os.Chmod(p, info.Mode().Perm()|0o011))
	}
}

// withinMemory runs a command that may have so many MB at most:
// memory MB COMMAND….
func withinMemory(ts *testscript.TestScript, neg bool, args []string) {
	limit, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	cmd := process(ts, args[1:])
	ended(ts, neg, cmd.Run())
	used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		ts.Fatalf("the system does not tell how much memory a process had")
	}
	unit := int64(1 << 10)
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	if peak := used.Maxrss * unit >> 20; peak > limit {
		ts.Fatalf("%d MB of memory at its peak", peak)
	}
}

// process is a command with the script's folder, environment and output.
func process(ts *testscript.TestScript, args []string) *exec.Cmd {
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "NO_COLOR=1")
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	return cmd
}

// ended fails the script unless the command ended as it should.
func ended(ts *testscript.TestScript, neg bool, err error) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	if (err != nil) != neg {
		ts.Fatalf("the command ended with %v", err)
	}
}
