package pyprocess

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain is also the process that a test kills: `run MODEL FOLDER` runs a
// model as Tarn does.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "run" {
		source, err := os.ReadFile(os.Args[2])
		if err == nil {
			_, err = bare(os.Args[3]).Run(context.Background(), job(string(source)))
		}
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// bare is Python with nothing installed, whatever this machine's has.
func bare(folder string) *Python {
	command := filepath.Join(folder, "bare")
	if err := os.WriteFile(command, []byte("#!/bin/sh\nexec python3 -S -E \"$@\"\n"), 0o755); err != nil { //nolint:gosec // it is a program
		panic(err)
	}
	return &Python{Command: command, Dir: folder, Environ: os.Environ(), Scratch: filepath.Join(folder, "scratch")}
}

// job is a model that may read a table called orders, and has none of its own.
func job(source string) Job {
	none := func(context.Context) (*Rows, error) { return nil, nil }
	return Job{
		Name: "m", File: "models/m.py", Path: "/models/m.py", Source: source,
		Inputs: []Input{{Kind: Ref, Key: []string{"orders"}, Name: "orders", Read: none}, {Kind: This, Name: `"tarn"."main"."m"`, Database: "tarn", Schema: "main", Identifier: "m", Read: none}},
		Config: map[string]any{"materialized": "table"}, Meta: map[string]any{"owner": "ann"},
	}
}

// source is a model with a body.
func source(lines ...string) string {
	return "def model(dbt, session):\n    " + strings.Join(lines, "\n    ") + "\n"
}

func TestWhatIsWrongWithAModelHasItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"syntax":         {source("return 1 +"), "models/m.py:2:15: python-syntax: invalid syntax"},
		"an exception":   {source("x = {}", "return x['a']"), "models/m.py:3: python-error: KeyError: 'a'"},
		"on the way":     {"def half(n):\n    return 1 / n\n\n" + source("return half(0)"), "models/m.py:2: python-error: ZeroDivisionError: division by zero\n  hint: in `half`, models/m.py:2\nin `model`, models/m.py:5"},
		"in a library":   {source("import json", "return json.loads('{')"), "models/m.py:3: python-error: JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n  hint: in `raw_decode`, "},
		"when loaded":    {"import no_such_thing.inner\n" + source("return 1"), "models/m.py:1: python-error: ModuleNotFoundError: No module named 'no_such_thing'\n  hint: install what it lacks: BARE -m pip install no_such_thing"},
		"exit":           {source("raise SystemExit('enough')"), "models/m.py:2: python-error: SystemExit: enough"},
		"an unknown ref": {source("n = 'cust' + 'omers'", "return dbt.ref(n)"), "models/m.py:3: bad-python-model: dbt.ref('customers') is said nowhere in the file with its names written out, and so Tarn did not expect it"},
		"no answer":      {source("import os", "os._exit(3)"), "models/m.py:1: python-died: the Python process ended before the model returned: exit status 3"},
		"killed":         {source("import os", "print('so long')", "os.kill(os.getpid(), 9)"), "models/m.py:1: python-died: the Python process ended before the model returned: signal: killed\n  hint: its last words:\nso long"},
		"no pyarrow":     {source("return dbt.ref('orders')"), "models/m.py:1: python-package: rows pass to and from Python models as Arrow, and the Python at BARE has no package pyarrow\n  hint: install it, and DuckDB for dbt.ref and the session as dbt-duckdb has them: BARE -m pip install pyarrow duckdb"},
		"no duckdb":      {source("return session.sql('select 1')"), "models/m.py:1: python-package: the model uses its session, which is DuckDB's, and the Python at BARE has no package duckdb\n  hint: install it: BARE -m pip install duckdb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := bare(t.TempDir())
			_, err := p.Run(t.Context(), job(c.source))
			want := strings.ReplaceAll(c.want, "BARE", p.Command)
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%v\nwant %s", err, want)
			}
			left, err := os.ReadDir(p.Scratch)
			if len(left) > 0 || err != nil {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func TestAModelSeesWhatDbtTellsIt(t *testing.T) {
	j := job(source(
		"print(dbt.this, dbt.this.database, dbt.this.schema, dbt.this.identifier, dbt.is_incremental)",
		"dbt.config(materialized='table')",
		"print(dbt.config.get('materialized'), dbt.config.get('nothing'), dbt.config.get('nothing', 3), dbt.config.meta_get('owner'))",
		"import os, sys, subprocess",
		"print(os.environ.get('DBT_ENV_SECRET_KEY'), os.environ['DBT_ENV_PLAIN'], sys.stdin.read() == '')",
		"print('a bar: 1%\\ra bar: 100%')",
		"subprocess.run(['echo', 'of a program'])",
		"sys.stdout.write('without an end')",
		"return None",
	))
	var said []string
	j.Say = func(line string) { said = append(said, line) }
	p := bare(t.TempDir())
	p.Environ = append(p.Environ, "DBT_ENV_SECRET_KEY=s3cret", "DBT_ENV_PLAIN=plain")
	_, err := p.Run(t.Context(), j)
	if err == nil || !strings.Contains(err.Error(), "python-package") {
		t.Error(err)
	}
	want := []string{`"tarn"."main"."m" tarn main m False`, "table None 3 ann", "None plain True", "a bar: 100%", "of a program", "without an end"}
	if got := strings.Join(said, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("it said\n%s", got)
	}
}

// lasting is a model that goes on for ever, with a program that it starts. Both
// hold a pipe open, whose end tells that both are gone.
func lasting(pipe string) string {
	return source("import subprocess, threading", "held = open('"+pipe+"', 'w')",
		"subprocess.Popen(['sleep', '100000'], pass_fds=[held.fileno()])",
		"held.write('began\\n'); held.flush()", "threading.Event().wait()")
}

// pipe makes the pipe of a lasting model, and what opens it and waits
// for the model to begin.
func pipe(t *testing.T) (path string, began func() *os.File) {
	path = filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, func() *os.File {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Read(make([]byte, len("began\n"))); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
}

func TestAModelEndsWithItsContext(t *testing.T) {
	path, began := pipe(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := bare(filepath.Dir(path)).Run(ctx, job(lasting(path)))
		ended <- err
	}()
	held := began()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := io.ReadAll(held); err != nil {
		t.Error(err)
	}
}

func TestAModelEndsWhenTarnIsKilled(t *testing.T) {
	path, began := pipe(t)
	model := filepath.Join(filepath.Dir(path), "m.py")
	if err := os.WriteFile(model, []byte(lasting(path)), 0o600); err != nil {
		t.Fatal(err)
	}
	tarn := exec.CommandContext(t.Context(), os.Args[0], "run", model, filepath.Dir(path))
	if err := tarn.Start(); err != nil {
		t.Fatal(err)
	}
	held := began()
	if err := tarn.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = tarn.Wait() // it was killed
	if _, err := io.ReadAll(held); err != nil {
		t.Error(err)
	}
}

func TestAModelEndsWithItsTime(t *testing.T) {
	j := job(source("import threading", "threading.Event().wait()"))
	j.Timeout = 300 * time.Millisecond
	_, err := bare(t.TempDir()).Run(t.Context(), j)
	want := "models/m.py:1: python-timeout: the model did not end within 300ms\n  hint: allow more with timeout: in its configuration, in seconds"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
}
