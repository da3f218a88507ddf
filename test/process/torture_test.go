package process

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// steps are the named steps at which a process can be killed.
var steps = []string{
	"lake.stage-journaled",
	"lake.synced",
	"lake.manifests-written",
	"lake.metadata-written",
	"lake.commit.before-swap",
	"lake.commit.in-transaction",
	"lake.commit.after-commit",
	"build.before-publish",
	"build.after-publish",
}

// tables are the rows of every table, in an order that does not depend on
// loads and times.
const tables = `
select 'orders' as t, cast(id as varchar) as a, cast(day as varchar) as b, cast(amount as varchar) as c, _tarn_file as d, cast(_tarn_line as varchar) as e from raw.orders
union all select 'quarantine', _tarn_file, cast(_tarn_line as varchar), violations[1].rule, hex(raw), null from raw.orders__quarantine
union all select 'daily', cast(day as varchar), cast(orders as varchar), cast(amount as varchar), null, null from daily
union all select 'total', cast(orders as varchar), cast(amount as varchar), null, null, null from total
union all select 'holidays', name, cast(orders as varchar), null, null, null from holidays_traded
order by all`

// glance is what a reader asks for all the while: one row that tells the state
// of each table.
const glance = `select (select count(*) from raw.orders) as orders, (select count(*) from raw.orders__quarantine) as quarantined,
(select count(*) from daily) as days, (select sum(amount) from daily) as amount, (select amount from total) as total`

// batch is the data that arrives before round n: a new file with a few records
// that do not fit, one that grew, and now and then one that changed.
func batch(p project, n int, r *rand.Rand) {
	var b strings.Builder
	b.WriteString("id,day,amount\n")
	for i := range 200 + r.IntN(300) {
		if i%97 == 13 {
			fmt.Fprintf(&b, "%d,not a day,1.00\n", i)
			continue
		}
		fmt.Fprintf(&b, "%d,2026-01-%02d,%d.%02d\n", n*1000+i, 1+r.IntN(28), r.IntN(100), r.IntN(100))
	}
	p.write(fmt.Sprintf("data/%04d.csv", n), b.String())
	grown := filepath.Join(p.dir, "data", "grows.csv")
	old, err := os.ReadFile(grown)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		p.t.Fatal(err)
	}
	if len(old) == 0 {
		old = []byte("id,day,amount\n")
	}
	p.write("data/grows.csv", string(old)+fmt.Sprintf("%d,2026-02-%02d,1.50\n", 900000+n, 1+r.IntN(28)))
	if n > 1 && n%3 == 0 {
		p.write(fmt.Sprintf("data/%04d.csv", n-1), fmt.Sprintf("id,day,amount\n%d,2026-03-01,7.00\n", n))
	}
}

// TestTorture kills a build again and again: whatever the moment, readers see
// the old state or the new one, the next command makes the tables of an
// undisturbed run, and clean leaves nothing behind.
func TestTorture(t *testing.T) {
	calm, hit := newProject(t), newProject(t)
	r, seed := drawn(t)
	round := func(n int) {
		s := r.Uint64()
		for _, p := range []project{calm, hit} {
			batch(p, n, rand.New(rand.NewPCG(s, 2)))
		}
		calm.must("build")
	}
	round(0)
	hit.must("build")
	for n := 1; n <= *torture; n++ {
		before := calm.must("query", "--output", "csv", glance)
		round(n)
		after := calm.must("query", "--output", "csv", glance)
		publish := []string{"resource", "run"}[n%2]
		watch := watchReaders(hit, before, after, publish == "run")
		how := kill(hit, n, r, publish)
		recovered := []string{"build", "--publish", publish}
		if strings.Contains(how, "crash at") && n%3 == 0 {
			recovered = []string{"retry"}
		}
		hit.must(recovered...)
		looks := watch.stop()
		t.Logf("round %d: %s, then %s; readers looked %d times", n, how, strings.Join(recovered, " "), looks)
		if got, want := hit.must("query", "--output", "csv", tables), calm.must("query", "--output", "csv", tables); got != want {
			t.Fatalf("round %d (SEED=%d, %s): the tables differ from an undisturbed run's\n%s", n, seed, how, difference(want, got))
		}
		hit.must("clean")
		nothingOrphaned(t, hit)
	}
	if runs := hit.must("runs", "--limit", "0"); !strings.Contains(runs, "crashed") {
		t.Errorf("no run is marked as crashed:\n%s", runs)
	}
}

// kill starts a build and has it killed: at a named step, or at a random time.
// It says how that went.
func kill(p project, n int, r *rand.Rand, publish string) string {
	if n%2 == 0 {
		step := fmt.Sprintf("%s:%d", steps[(n/2)%len(steps)], 1+r.IntN(4))
		done := p.run([]string{"TARN_CRASH_AT=" + step}, "build", "--publish", publish)
		for _, line := range strings.Split(done.err, "\n") {
			if strings.HasPrefix(line, "failpoint: ") {
				return strings.TrimPrefix(line, "failpoint: ")
			}
		}
		return "the step " + step + " was not reached"
	}
	after := time.Duration(r.IntN(600)) * time.Millisecond
	ctx, cancel := context.WithTimeout(p.t.Context(), after)
	defer cancel()
	cmd := p.command(ctx, nil, "build", "--publish", publish)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
	err := cmd.Run()
	if err == nil {
		return fmt.Sprintf("the build was done within %v", after)
	}
	return fmt.Sprintf("killed after %v", after)
}

// watcher polls as a reader does, and cleans now and then.
type watcher struct {
	quit chan struct{}
	done sync.WaitGroup
	n    int
}

// watchReaders starts to look; each look must be one of the states that the
// tables may be in.
func watchReaders(p project, before, after string, whole bool) *watcher {
	w := &watcher{quit: make(chan struct{})}
	b, a := cells(before), cells(after)
	w.done.Go(func() {
		for {
			select {
			case <-w.quit:
				return
			default:
			}
			r := p.run(nil, "query", "--quiet", "--output", "csv", glance)
			if r.code != 0 {
				p.t.Errorf("a reader got an error: %s", r.err)
				return
			}
			if got := cells(r.out); !allowed(got, b, a, whole) {
				p.t.Errorf("a reader saw %v; before it was %v, after it is %v", got, b, a)
				return
			}
			if w.n++; w.n%3 == 0 {
				if r := p.run(nil, "clean", "--quiet"); r.code != 0 {
					p.t.Errorf("clean: %s", r.err)
				}
			}
		}
	})
	return w
}

func (w *watcher) stop() int {
	close(w.quit)
	w.done.Wait()
	return w.n
}

// cells are the values of the one row of a CSV.
func cells(csv string) []string {
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	return strings.Split(lines[len(lines)-1], ",")
}

// allowed reports whether a reader may see got: a raw table and its quarantine
// change together, so do the figures of one table, and where the run publishes
// as a whole everything does.
func allowed(got, before, after []string, whole bool) bool {
	groups := [][]int{{0, 1}, {2, 3}, {4}}
	if whole {
		groups = [][]int{{0, 1, 2, 3, 4}}
	}
	for _, g := range groups {
		old, fresh := true, true
		for _, i := range g {
			old = old && got[i] == before[i]
			fresh = fresh && got[i] == after[i]
		}
		if !old && !fresh {
			return false
		}
	}
	return true
}

// nothingOrphaned checks that every stage folder on disk belongs to something
// that was committed or is held.
func nothingOrphaned(t *testing.T, p project) {
	t.Helper()
	db, err := metadb.Open(t.Context(), filepath.Join(p.dir, ".tarn", "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	state := map[string]string{}
	err = db.View(t.Context(), func(tx metadb.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT id, state FROM tarn_stage`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, s string
			if err := rows.Scan(&id, &s); err != nil {
				return err
			}
			state[id] = s
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(p.dir, ".tarn", "warehouse", "*", "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if s := state[filepath.Base(f)]; s != "committed" && s != "held" {
			t.Errorf("%s is left over: its stage is %q", f, s)
		}
	}
}

// difference shows the lines that only one of two texts has.
func difference(want, got string) string {
	count := map[string]int{}
	for _, l := range strings.Split(want, "\n") {
		count[l]--
	}
	for _, l := range strings.Split(got, "\n") {
		count[l]++
	}
	var b strings.Builder
	for l, n := range count {
		if n != 0 {
			fmt.Fprintf(&b, "%+d  %s\n", n, l)
		}
	}
	return b.String()
}
