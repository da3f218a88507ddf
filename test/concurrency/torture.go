package concurrency

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var kills = flag.Int("kills", 4, "how many processes are killed at random moments")

// steps are those of a commit at which a process is killed.
var steps = []string{
	"lake.stage-journaled", "lake.manifests-written", "lake.metadata-written", "lake.commit.before-swap",
	"lake.synced", "lake.commit.in-transaction", "lake.commit.after-commit",
}

// Torture kills processes that append to a table, at every step of a commit and
// at random moments, while another appends to it, too. Whatever the moment, the
// table is whole, what a process has heard of is there once, what it has not
// heard of is there once or not at all, and the other one goes on.
func Torture(t *testing.T, catalog func(t *testing.T) string) {
	whole := Job{Catalog: catalog(t), Warehouse: t.TempDir(), Tables: 1, Writers: 3, Commits: 3, Tell: true}
	whole.binary = crashing(t)
	if err := whole.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := &victims{t: t, job: whole, must: map[string]bool{}, may: map[string]bool{}}
	for _, step := range steps {
		for _, n := range []int{1, 4} {
			v.round(fmt.Sprintf("%s:%d", step, n), 0)
		}
	}
	for range *kills {
		v.round("", time.Duration(rand.IntN(300))*time.Millisecond)
	}
	orphans, err := whole.orphans(t.Context())
	if err != nil || len(orphans) > 0 {
		t.Errorf("files that nothing needs are left: %v, %v", orphans, err)
	}
}

// crashing builds the binary of these tests anew, with the steps in it.
func crashing(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "crashing")
	out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-tags=duckdb_arrow,failpoints", "-o", binary,
		"github.com/tarn-lake/tarn/test/concurrency").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// victims are processes that were killed, one after the other.
type victims struct {
	t   *testing.T
	job Job
	// must are the rows that have to be there, and may those that can be.
	must, may map[string]bool
}

// round kills one process, at a step or after a time, beside one that lives.
func (v *victims) round(step string, after time.Duration) {
	v.t.Helper()
	ctx, stop := context.WithCancel(v.t.Context())
	defer stop()
	what := step
	if step == "" {
		what = after.String()
	}
	victim, survivor := v.next(), v.next()
	var said, complained, survived bytes.Buffer
	killed := victim.command(ctx, "TARN_CRASH_AT="+step)
	killed.Stdout, killed.Stderr = &said, &complained
	living := survivor.command(v.t.Context())
	living.Stdout = &survived
	for _, cmd := range []*exec.Cmd{killed, living} {
		if err := cmd.Start(); err != nil {
			v.t.Fatal(err)
		}
	}
	if step == "" {
		timer := time.AfterFunc(after, stop)
		defer timer.Stop()
	}
	begun := time.Now()
	err := killed.Wait()
	if hit := strings.Contains(complained.String(), "failpoint: crash at"); step != "" && (err == nil || !hit) {
		v.t.Errorf("killed at %s: %v\n%s", what, err, complained.String())
	}
	if err := living.Wait(); err != nil {
		v.t.Fatalf("beside one that was killed at %s: %v", what, err)
	}
	v.t.Logf("killed at %s; all was over after %s", what, time.Since(begun).Round(time.Millisecond))
	v.heard(&said)
	v.heard(&survived)
	v.look(what)
}

// next is a job with rows of its own, which may be there from now on.
func (v *victims) next() Job {
	j := v.job
	v.job.First += j.Writers
	for id := j.First * j.Commits; id < v.job.First*j.Commits; id++ {
		v.may[Row(0, int64(id))] = true
	}
	return j
}

// heard is what a process was told that it has committed.
func (v *victims) heard(said *bytes.Buffer) {
	for lines := bufio.NewScanner(said); lines.Scan(); {
		row, found := strings.CutPrefix(lines.Text(), committed)
		if !v.may[row] && !v.must[row] && found {
			v.t.Errorf("%s was committed, which nobody wrote", row)
		}
		if found {
			v.must[row] = true
		}
	}
}

// look reads the table.
func (v *victims) look(what string) {
	v.t.Helper()
	times, _, err := v.job.Rows(v.t.Context())
	if err != nil {
		v.t.Fatalf("killed at %s: %v", what, err)
	}
	for row, n := range times {
		if n != 1 || !v.may[row] {
			v.t.Errorf("killed at %s: the row %s is there %d times", what, row, n)
		}
		v.must[row] = true // it stays
	}
	for row := range v.must {
		if times[row] == 0 {
			v.t.Errorf("killed at %s: the row %s is lost", what, row)
		}
	}
}
