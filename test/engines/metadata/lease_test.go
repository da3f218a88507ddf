//go:build engines

package metadata

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/run"
)

// short is the lease of these tests.
const short = time.Second

// The test binary is also another machine's process: it begins a run over these
// two databases, says its id, and publishes when its stdin ends.
const (
	sleeperState   = "TARN_TEST_STATE"
	sleeperCatalog = "TARN_TEST_CATALOG"
)

func sleeper(ctx context.Context, stateAt, catalogAt string) error {
	state, err := metadb.Open(ctx, stateAt)
	if err != nil {
		return err
	}
	defer state.Close()
	catalog, err := metadb.Open(ctx, catalogAt)
	if err != nil {
		return err
	}
	defer catalog.Close()
	j, err := run.Open(ctx, run.Options{State: state, Catalog: catalog, Lease: short})
	if err != nil {
		return err
	}
	a, err := j.Begin(ctx, run.Spec{Command: "build"})
	if err != nil {
		return err
	}
	if err := a.Exclusive(ctx, func(run.Holder) {}); err != nil {
		return err
	}
	plan := run.Plan{Nodes: []run.Node{{ID: "model.shop.daily", Kind: "model"}}}
	_, err = a.Execute(ctx, plan, 1, func(ctx context.Context, _ *run.Attempt) run.Result {
		fmt.Println(a.ID())
		_, _ = io.Copy(io.Discard, os.Stdin)
		ctx = context.WithoutCancel(ctx) // it does not hear that it is to end
		err := catalog.Update(ctx, func(tx metadb.Tx) error { return errors.Join(a.Fence(ctx, tx), add(ctx, tx)) })
		fmt.Println("published:", said(err))
		return run.Result{State: run.Success}
	})
	fmt.Println("finished:", said(a.Finish(ctx, run.Success, "")))
	return err
}

func said(err error) string {
	if err == nil {
		return "yes"
	}
	if errors.Is(err, run.ErrLeaseLost) {
		return "lease lost"
	}
	return strings.ReplaceAll(err.Error(), "\n", " ")
}

type asleep struct {
	cmd   *exec.Cmd
	stdin io.Closer
	out   *bufio.Reader
	run   string
}

func startSleeper(t *testing.T, state, catalog string) *asleep {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), sleeperState+"="+state, sleeperCatalog+"="+catalog)
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
	s := &asleep{cmd: cmd, stdin: stdin, out: bufio.NewReader(stdout)}
	line, err := s.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	s.run = strings.TrimSpace(line)
	return s
}

func (s *asleep) signal(t *testing.T, what os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(what); err != nil {
		t.Fatal(err)
	}
}

// machine is a journal as another machine has it.
type machine struct {
	*run.Journal
	catalog *metadb.DB
}

func newMachine(t *testing.T, state, catalog string) machine {
	t.Helper()
	db := openCounter(t, catalog)
	j, err := run.Open(t.Context(), run.Options{State: open(t, state), Catalog: db, Lease: short})
	if err != nil {
		t.Fatal(err)
	}
	return machine{j, db}
}

// crashed waits until a run is found dead.
func (m machine) crashed(t *testing.T, id string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for begun := time.Now(); ; <-tick.C {
		found, err := m.CrashSweep(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 1 && found[0].ID == id {
			return
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("the run %s is not found dead", id)
		}
	}
}

func (m machine) begin(t *testing.T) *run.Active {
	t.Helper()
	a, err := m.Begin(t.Context(), run.Spec{Command: "run"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func finish(t *testing.T, a *run.Active) {
	t.Helper()
	if err := a.Finish(t.Context(), run.Success, ""); err != nil {
		t.Error(err)
	}
}

func TestARunThatLivesKeepsItsLeaseAndTheNextOneWaitsForIt(t *testing.T) {
	state, catalog := fresh(t), fresh(t)
	m := newMachine(t, state, catalog)
	s := startSleeper(t, state, catalog)
	var holder run.Holder
	ctx, stop := context.WithTimeout(t.Context(), 3*short)
	defer stop()
	a := m.begin(t)
	err := a.Exclusive(ctx, func(h run.Holder) { holder = h })
	if !errors.Is(err, context.DeadlineExceeded) || holder.Run != s.run || holder.Command != "build" {
		t.Errorf("Exclusive = %v beside %+v", err, holder)
	}
	if found, err := m.CrashSweep(t.Context()); err != nil || len(found) != 0 || !m.Live(s.run) {
		t.Errorf("a run that lives was found dead: %v %v", found, err)
	}
	if err := s.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Exclusive(t.Context(), func(run.Holder) {}); err != nil {
		t.Error(err)
	}
	rest, _ := io.ReadAll(s.out)
	if want := "published: yes\nfinished: yes\n"; string(rest) != want {
		t.Errorf("the run said\n%swant\n%s", rest, want)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Error(err)
	}
	finish(t, a)
	if n := count(t, m.catalog); n != 1 {
		t.Errorf("%d publications, want 1", n)
	}
}

func TestARunWhoseProcessIsKilledIsFoundDeadWhenItsLeaseHasRunOut(t *testing.T) {
	state, catalog := fresh(t), fresh(t)
	m := newMachine(t, state, catalog)
	s := startSleeper(t, state, catalog)
	s.signal(t, syscall.SIGKILL)
	_ = s.cmd.Wait()
	if !m.Live(s.run) {
		t.Error("the run was taken for dead before its lease ran out")
	}
	m.crashed(t, s.run)
	a := m.begin(t)
	if err := a.Exclusive(t.Context(), func(run.Holder) {}); err != nil {
		t.Error(err)
	}
	finish(t, a)
	r, err := m.Get(t.Context(), s.run)
	if err != nil || r.State != run.Crashed || !strings.Contains(r.Message, "has not been heard of") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestARunThatSleptPastItsLeasePublishesNothing(t *testing.T) {
	state, catalog := fresh(t), fresh(t)
	m := newMachine(t, state, catalog)
	s := startSleeper(t, state, catalog)
	s.signal(t, syscall.SIGSTOP)
	m.crashed(t, s.run)
	a := m.begin(t)
	if err := a.Exclusive(t.Context(), func(run.Holder) {}); err != nil {
		t.Fatal(err)
	}
	s.signal(t, syscall.SIGCONT)
	if err := s.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(s.out)
	if want := "published: lease lost\nfinished: lease lost\n"; string(rest) != want {
		t.Errorf("the run said\n%swant\n%s", rest, want)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if err := m.catalog.Update(t.Context(), func(tx metadb.Tx) error { return errors.Join(a.Fence(t.Context(), tx), add(t.Context(), tx)) }); err != nil {
		t.Errorf("the run that took over: %v", err)
	}
	finish(t, a)
	if n := count(t, m.catalog); n != 1 {
		t.Errorf("%d publications, want the one of the run that took over", n)
	}
	steps, err := m.Steps(t.Context(), s.run)
	if err != nil || len(steps) != 1 || steps[0].State != run.Crashed {
		t.Errorf("the steps of the dead run: %+v, %v", steps, err)
	}
}
