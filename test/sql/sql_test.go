package sql

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tarn-lake/tarn/internal/cli"
)

// asTarn makes this test's program the real one.
const asTarn = "TARN_TEST_AS_TARN"

func TestMain(m *testing.M) {
	if os.Getenv(asTarn) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := cli.Main(ctx, cli.Program{
		Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Version: "test",
	})
	stop()
	os.Exit(code)
}

// answer is what a statement returns: an error, or names and rows. Values are
// as PostgreSQL writes them, but for lists, which are JSON, and numbers, which
// have no zeros at their end.
type answer struct {
	names   []string
	rows    [][]string
	problem string
}

func (a answer) String() string {
	if a.problem != "" {
		return "error: " + a.problem + "\n"
	}
	if len(a.rows) == 0 {
		return "(no rows)\n" // which some protocols give no names
	}
	var b strings.Builder
	for _, row := range append([][]string{a.names}, a.rows...) {
		b.WriteString(strings.TrimRight(strings.Join(row, " | "), " ") + "\n")
	}
	return b.String()
}

// road is a way on which statements reach a lake.
type road interface {
	ask(t *testing.T, sql string) answer
}

func TestEveryProtocolGivesTheSameAnswers(t *testing.T) {
	for name, open := range map[string]func(*testing.T, *lake) road{
		"command line":         commandLine,
		"PostgreSQL, simple":   postgresSimple,
		"PostgreSQL, extended": postgresExtended,
		"HTTP":                 overHTTP,
	} {
		t.Run(name, func(t *testing.T) {
			way := open(t, newLake(t))
			datadriven.Walk(t, filepath.Join("testdata", "statements"), func(t *testing.T, path string) {
				datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
					return way.ask(t, d.Input).String()
				})
			})
		})
	}
}

// lake is a project with a lake of its own.
type lake struct{ dir string }

// newLake builds the project in testdata.
func newLake(t *testing.T) *lake {
	t.Helper()
	l := &lake{t.TempDir()}
	if err := os.CopyFS(l.dir, os.DirFS(filepath.Join("testdata", "project"))); err != nil {
		t.Fatal(err)
	}
	if out, err := l.command(t.Context(), "build").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return l
}

func (l *lake) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Dir, cmd.Env = l.dir, append(os.Environ(), asTarn+"=1", "NO_COLOR=1")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd
}

// unexpected is for answers that are no answers.
func unexpected(t *testing.T, sql string, err error) answer {
	t.Helper()
	t.Fatalf("%s: %v", sql, err)
	return answer{problem: fmt.Sprint(err)}
}
