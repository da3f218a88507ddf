package run

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// The test binary is also the other process: with this variable set it begins
// a run in the state folder that it names and stays in its first step until it
// is killed or its stdin ends.
const otherProcess = "TARN_TEST_RUN_IN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(otherProcess); dir != "" {
		if err := runUntilStdinEnds(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func runUntilStdinEnds(dir string) error {
	ctx := context.Background()
	db, err := metadb.Open(ctx, filepath.Join(dir, "state.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	j, err := Open(ctx, Options{State: db, Catalog: db, Locks: filepath.Join(dir, "locks")})
	if err != nil {
		return err
	}
	a, err := j.Begin(ctx, Spec{Command: "build"})
	if err != nil {
		return err
	}
	if err := a.Exclusive(ctx, func(Holder) {}); err != nil {
		return err
	}
	results, err := a.Execute(ctx, plan("raw; daily raw"), 1, func(_ context.Context, at *Attempt) Result {
		if at.Step().Resource == "raw" {
			fmt.Println(a.ID())
			_, _ = io.Copy(io.Discard, os.Stdin)
		}
		return Result{State: Success}
	})
	if err != nil {
		return err
	}
	return a.Finish(ctx, results.State(), "")
}

// process is another process in the middle of a run.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	run   string
}

func startProcess(t *testing.T, dir string) process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), otherProcess+"="+dir)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	id, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal("the other process said nothing:", err)
	}
	return process{cmd, stdin, strings.TrimSpace(id)}
}

func (p process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // says that it was killed
}

func (p process) end(t *testing.T) {
	t.Helper()
	_ = p.stdin.Close() // what matters is how the process ends
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestAKilledProcessLeavesACrashedRun(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, dir)
	p := startProcess(t, dir)
	if crashed, err := j.CrashSweep(t.Context()); err != nil || len(crashed) != 0 || !j.Live(p.run) {
		t.Fatalf("while it lives: live %t, crashed %v, %v", j.Live(p.run), crashed, err)
	}
	p.kill(t)
	if j.Live(p.run) {
		t.Error("the run is still taken for alive")
	}
	for i, want := range []int{1, 0} {
		crashed, err := j.CrashSweep(t.Context())
		if err != nil || len(crashed) != want {
			t.Errorf("sweep %d found %v, %v; want %d runs", i+1, crashed, err, want)
		}
	}
	if r, err := j.Get(t.Context(), p.run); err != nil || r.State != Crashed || r.Finished.IsZero() {
		t.Errorf("the run is %+v, %v", r, err)
	}
	if diff := cmp.Diff("raw crashed, daily pending", journalNow(t, j, p.run)); diff != "" {
		t.Error(diff)
	}
	steps, err := j.Steps(t.Context(), p.run)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"raw", "daily"}, Unfinished(steps)); diff != "" {
		t.Error("what a retry has to do:", diff)
	}
}

func TestASecondRunWaitsForTheFirstAndIsToldWhich(t *testing.T) {
	for name, end := range map[string]func(process, *testing.T){"it finishes": process.end, "it is killed": process.kill} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p := startProcess(t, dir)
			a := begin(t, openJournal(t, dir), Spec{Command: "ingest"})
			var told []Holder
			err := a.Exclusive(t.Context(), func(h Holder) {
				told = append(told, h)
				end(p, t)
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(told) != 1 || told[0].Run != p.run || told[0].PID != p.cmd.Process.Pid || told[0].Since.IsZero() {
				t.Errorf("told of %+v, want the run %s of process %d", told, p.run, p.cmd.Process.Pid)
			}
		})
	}
}

func TestWaitingForTheOtherRunCanBeCancelled(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, dir)
	first, second := begin(t, j, Spec{Command: "build"}), begin(t, j, Spec{Command: "build"})
	if err := first.Exclusive(t.Context(), func(Holder) {}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := second.Exclusive(ctx, func(Holder) { cancel() })
	if err == nil || !strings.Contains(err.Error(), first.ID()) {
		t.Errorf("Exclusive = %v, want an error that names %s", err, first.ID())
	}
	finish(t, first, Success)
	if err := second.Exclusive(t.Context(), func(Holder) {}); err != nil {
		t.Error("after the first run has finished:", err)
	}
}

func TestARunThatHasFinishedLeavesNoLock(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, dir)
	a := begin(t, j, Spec{Command: "build"})
	if !j.Live(a.ID()) {
		t.Error("a run of this process is not taken for alive")
	}
	finish(t, a, Success)
	if j.Live(a.ID()) {
		t.Error("a finished run is taken for alive")
	}
	left, err := filepath.Glob(filepath.Join(dir, "locks", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
