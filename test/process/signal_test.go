package process

import (
	"bufio"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bigProject is a project whose build takes long enough to be met while it
// loads.
func bigProject(t *testing.T) project {
	p := newProject(t)
	var b strings.Builder
	b.WriteString("id,day,amount\n")
	for i := range 1_500_000 {
		fmt.Fprintf(&b, "%d,2026-01-%02d,%d.25\n", i, 1+i%28, i%1000)
	}
	p.write("data/big.csv", b.String())
	return p
}

// started is a build that has begun to load.
type started struct {
	cmd  *exec.Cmd
	rest chan string
}

// begin starts a build and returns when it is in the middle of loading.
func begin(p project) started {
	p.t.Helper()
	cmd := p.command(p.t.Context(), nil, "build", "--log-format", "json")
	errs, err := cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	s := started{cmd: cmd, rest: make(chan string, 1)}
	lines := bufio.NewScanner(errs)
	loading := false
	for !loading && lines.Scan() {
		loading = strings.Contains(lines.Text(), `"step_progress"`)
	}
	if !loading {
		p.t.Fatal("the build ended before it loaded anything")
	}
	go func() {
		var b strings.Builder
		for lines.Scan() {
			b.WriteString(lines.Text() + "\n")
		}
		s.rest <- b.String()
	}()
	return s
}

// wait returns the exit code and what the build said since.
func (s started) wait() (int, string) {
	rest := <-s.rest
	_ = s.cmd.Wait() // the exit code tells
	return s.cmd.ProcessState.ExitCode(), rest
}

// TestCtrlCStopsCleanly: an interrupted build says so, leaves nothing visible,
// and retry goes on with it.
func TestCtrlCStopsCleanly(t *testing.T) {
	p := bigProject(t)
	s := begin(p)
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code, said := s.wait(); code != 1 {
		t.Errorf("exit code %d\n%s", code, said)
	}
	if runs := p.must("runs"); !strings.Contains(runs, "cancelled") || !strings.Contains(runs, "interrupted") {
		t.Errorf("the run is not journaled as interrupted:\n%s", runs)
	}
	if out := p.must("tables"); strings.Contains(out, "raw.orders") {
		t.Errorf("something of the interrupted load is visible:\n%s", out)
	}
	p.must("retry")
	if got := p.must("query", "-o", "csv", "select orders from total"); got != "orders\n1500000\n" {
		t.Errorf("after the retry total holds %s", got)
	}
	p.must("clean")
	nothingOrphaned(t, p)
}

// TestASecondSignalEndsWhatHangs: whatever does not stop when it is asked to is
// ended by the next signal, and the next command makes up for it.
func TestASecondSignalEndsWhatHangs(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			p := newProject(t)
			p.write("data/1.csv", "id,day,amount\n1,2026-01-01,1.50\n")
			cmd := p.command(t.Context(), []string{"TARN_HANG_AT=build.before-publish"}, "build")
			errs, err := cmd.StderrPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			hangs := false
			for lines := bufio.NewScanner(errs); !hangs && lines.Scan(); {
				hangs = strings.HasPrefix(lines.Text(), "failpoint: hang")
			}
			// A signal that comes before the last one was looked at counts for one
			// with it: they are sent, as fast as people are, until the process is gone.
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			again := time.NewTicker(50 * time.Millisecond)
			defer again.Stop()
			for over := false; !over; {
				_ = cmd.Process.Signal(sig) // it may be gone
				select {
				case <-ended:
					over = true
				case <-again.C:
				}
			}
			status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
			if !ok || !hangs || !status.Signaled() || status.Signal() != sig {
				t.Errorf("it hung: %v; it ended with %v", hangs, cmd.ProcessState)
			}
			p.must("build")
			if runs := p.must("runs"); !strings.Contains(runs, "crashed") {
				t.Errorf("the run is not known to have crashed:\n%s", runs)
			}
		})
	}
}

// TestTwoBuildsTakeTurns: the second names the first, waits, and finds nothing
// left to load; queries go on meanwhile.
func TestTwoBuildsTakeTurns(t *testing.T) {
	p := bigProject(t)
	first := begin(p)
	second := p.command(t.Context(), nil, "build")
	var said strings.Builder
	second.Stderr = &said
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	if got := p.must("query", "-o", "csv", "select count(*) as runs from system.runs"); !strings.HasPrefix(got, "runs\n") {
		t.Errorf("a query beside two builds printed %s", got)
	}
	if code, rest := first.wait(); code != 0 {
		t.Errorf("the first build: exit code %d\n%s", code, rest)
	}
	if err := second.Wait(); err != nil {
		t.Errorf("the second build: %v\n%s", err, said.String())
	}
	if !strings.Contains(said.String(), "nothing new") {
		t.Errorf("the second build loaded again:\n%s", said.String())
	}
	if got := p.must("query", "-o", "csv", "select count(*) as loads, sum(read) as records from system.loads"); got != "loads,records\n1,1500000\n" {
		t.Errorf("loads: %s", got)
	}
}
