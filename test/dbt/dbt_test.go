package dbt

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/cli"
)

// asProgram makes the binary of the tests the program that they test.
const asProgram = "TARN_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	os.Exit(tarn(context.Background(), os.Args[1:], os.Stdout))
}

// Every project ends as dbt-duckdb says.
func TestProjectsBuildAsDBTBuildsThem(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.expected"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no answers to compare with", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".expected")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := readExpected(file)
			if err != nil {
				t.Fatal(err)
			}
			folder := filepath.Join(t.TempDir(), name)
			if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", name))); err != nil {
				t.Fatal(err)
			}
			compare(t, folder, want)
		})
	}
}

// compare runs the commands and looks at what there is then.
func compare(t *testing.T, folder string, want expected) {
	t.Helper()
	for _, s := range want.steps {
		have := step(t, folder, s.command)
		if diff := cmp.Diff(s.statuses, have.statuses); diff != "" {
			t.Errorf("%s (-dbt +Tarn):\n%s\n%s", s.command, diff, have.said)
		}
	}
	run := newestRun(t, folder)
	for _, r := range want.relations {
		if diff := cmp.Diff(r.lines, lines(t, folder, run, r)); diff != "" {
			t.Errorf("%s (-dbt +Tarn):\n%s", r.name, diff)
		}
	}
}

// done is what came of a command.
type done struct {
	statuses map[string]string
	said     string
}

// step runs a command as it is typed behind `dbt`.
func step(t *testing.T, folder, command string) done {
	t.Helper()
	results := filepath.Join(folder, "target", "run_results.json")
	before := written(results) // the last command's, which retry reads
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `"$0" `+command, self)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), asProgram+"=1", "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	d := done{said: string(out), statuses: map[string]string{}}
	if written(results) == before {
		return d // deps and its like write none
	}
	if d.statuses, err = statuses(results); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return d
}

// written is when a file was written; the zero time where there is none.
func written(file string) time.Time {
	if info, err := os.Stat(file); err == nil {
		return info.ModTime()
	}
	return time.Time{}
}

// tarn is the program, as cmd/tarn runs it.
func tarn(ctx context.Context, args []string, out *os.File) int {
	return cli.Main(ctx, cli.Program{Args: args, In: os.Stdin, Out: out, Err: os.Stderr, Env: os.LookupEnv, Version: "test"})
}
