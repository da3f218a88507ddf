package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

// plan reads "a; b a; c a b ~d": each step followed by what it needs, and by
// what it comes after.
func plan(text string) (p Plan) {
	for part := range strings.SplitSeq(text, ";") {
		words := strings.Fields(part)
		n := Node{ID: words[0]}
		for _, word := range words[1:] {
			if id, after := strings.CutPrefix(word, "~"); after {
				n.After = append(n.After, id)
			} else {
				n.Needs = append(n.Needs, id)
			}
		}
		p.Nodes = append(p.Nodes, n)
	}
	return p
}

// states returns the results as "a success, b skipped because a".
func states(rs Results) string {
	var all []string
	for id, r := range rs {
		text := id + " " + string(r.State)
		if r.Because != "" {
			text += " because " + r.Because
		}
		if r.Outcome != None {
			text += " (" + string(r.Outcome) + ")"
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func TestExecuteOnOneThreadTakesTheLongestChainFirst(t *testing.T) {
	var order []string
	_, err := Execute(t.Context(), plan("z; y; a; b a; c b; x y; last c x z"), 1,
		func(_ context.Context, id string, _ func()) Result {
			order = append(order, id)
			return Result{State: Success}
		}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("a b y c x z last", strings.Join(order, " ")); diff != "" {
		t.Error(diff)
	}
}

func TestExecuteLeavesOutWhatNeedsAStepThatDidNotSucceed(t *testing.T) {
	for _, c := range []struct{ name, plan, want string }{
		{"a failure", "bad; child bad; grandchild child; other",
			"bad failed, child skipped because bad, grandchild skipped because bad, other success"},
		{"a held step", "held; child held; grandchild child other; other",
			"child skipped because held (held), grandchild skipped because held (held), held held (held), other success"},
		{"both, named by what ended first", "bad; longer; held longer; child bad held",
			"bad failed, child skipped because bad, held held (held), longer success"},
		{"a panic", "panic; child panic; other", "child skipped because panic, other success, panic failed"},
		{"not what comes after its end", "bad; next ~bad; last ~next ~skipped; skipped bad; both bad ~bad",
			"bad failed, both skipped because bad, last success, next success, skipped skipped because bad"},
		{"an end that is none", "strange; child strange", "child skipped because strange, strange failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			notDone := Results{}
			results, err := Execute(t.Context(), plan(c.plan), 1, func(_ context.Context, id string, _ func()) Result {
				switch id {
				case "bad":
					return Failure(errors.New("no luck"))
				case "held":
					return Result{State: Held, Outcome: KeptBack}
				case "panic":
					panic("at the disco")
				case "strange":
					return Result{State: Running}
				}
				return Result{State: Success}
			}, func(id string, r Result) { notDone[id] = r })
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, states(results)); diff != "" {
				t.Error(diff)
			}
			for id, r := range results {
				if _, told := notDone[id]; told != (r.State == Skipped) {
					t.Errorf("%s ended as %s; told as not done: %v", id, r.State, told)
				}
			}
		})
	}
}

func TestAPanicIsAFailureWithItsStack(t *testing.T) {
	results, err := Execute(t.Context(), plan("a"), 1, func(context.Context, string, func()) Result { panic("at the disco") }, nil)
	if err != nil {
		t.Fatal(err)
	}
	var p *PanicError
	if !errors.As(results["a"].Err, &p) || !strings.Contains(string(p.Stack), "execute_test.go") {
		t.Errorf("the result is %+v, want a PanicError with the stack of this test", results["a"])
	}
}

func TestExecuteRefusesAPlanThatCannotBeDone(t *testing.T) {
	for text, want := range map[string]string{
		"a; a":             "twice",
		"a b":              "not in the plan",
		"a ~b":             "not in the plan",
		"a c; b a; c b; d": "cycle among a, b, c",
		"a ~b; b a":        "cycle among a, b",
	} {
		_, err := Execute(t.Context(), plan(text), 1, func(context.Context, string, func()) Result {
			t.Errorf("%s: a step was done", text)
			return Result{State: Success}
		}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestExecuteRunsAsManyStepsAtOnceAsThereAreThreads(t *testing.T) {
	for threads, want := range map[int]time.Duration{0: 6 * time.Hour, 1: 6 * time.Hour, 2: 3 * time.Hour, 3: 2 * time.Hour, 9: time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			_, err := Execute(t.Context(), plan("a; b; c; d; e; f"), threads, func(ctx context.Context, _ string, _ func()) Result {
				wait(ctx, time.Hour)
				return Result{State: Success}
			}, nil)
			if took := time.Since(begun); err != nil || took != want {
				t.Errorf("%d threads took %s, %v; want %s", threads, took, err, want)
			}
		})
	}
}

func TestStepsThatRestLeaveTheirThreadToOthers(t *testing.T) {
	// Of three hours that a step takes it rests two; six steps on two threads
	// work three hours one after the other, and the last two rest two more.
	for threads, want := range map[int]time.Duration{1: 18 * time.Hour, 2: 5 * time.Hour, 6: 3 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			_, err := Execute(t.Context(), plan("a; b; c; d; e; f"), threads, func(ctx context.Context, _ string, rest func()) Result {
				wait(ctx, time.Hour)
				rest()
				wait(ctx, 2*time.Hour)
				return Result{State: Success}
			}, nil)
			if took := time.Since(begun); err != nil || took != want {
				t.Errorf("%d threads took %s, %v; want %s", threads, took, err, want)
			}
		})
	}
}

func TestExecuteStopsWhenItIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
		defer cancel()
		results, err := Execute(ctx, plan("quick; slow; stubborn; next slow; after next; more quick"), 3,
			func(ctx context.Context, id string, _ func()) Result {
				switch id {
				case "quick":
					wait(ctx, time.Hour)
				case "stubborn": // cannot be stopped, and succeeds
					wait(context.WithoutCancel(ctx), 3*time.Hour)
				default:
					if err := wait(ctx, 24*time.Hour); err != nil {
						return Failure(errors.New("INTERRUPT Error: Interrupted!"))
					}
				}
				return Result{State: Success}
			}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := "after cancelled, more cancelled, next cancelled, quick success, slow cancelled, stubborn success"
		if diff := cmp.Diff(want, states(results)); diff != "" {
			t.Error(diff)
		}
		if results.State() != Cancelled {
			t.Errorf("the run ended as %s", results.State())
		}
	})
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Whatever the plan, the threads and the failures: every step ends in one
// state, none is done before its needs have succeeded and what it comes after
// has ended, or twice, none is skipped without an ancestor that is to blame, and
// never are there more at work than threads.
func TestExecuteKeepsItsPromisesForAnyPlan(t *testing.T) {
	defer goleak.VerifyNone(t)
	rapid.Check(t, func(t *rapid.T) {
		p, ends := randomPlan(t)
		threads := rapid.IntRange(1, 5).Draw(t, "threads")
		w := &witness{ends: ends, needs: map[string][]string{}, comesAfter: map[string][]string{}, done: map[string]State{}, threads: threads}
		for _, n := range p.Nodes {
			w.needs[n.ID], w.comesAfter[n.ID] = n.Needs, n.After
		}
		results, err := Execute(context.Background(), p, threads, w.do, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, complaint := range w.complaints {
			t.Error(complaint)
		}
		for id := range w.needs {
			if complaint := w.judge(id, results); complaint != "" {
				t.Error(complaint)
			}
		}
		if len(results) != len(p.Nodes) {
			t.Errorf("%d results for %d steps", len(results), len(p.Nodes))
		}
	})
}

func randomPlan(t *rapid.T) (p Plan, ends map[string]State) {
	n := rapid.IntRange(0, 30).Draw(t, "steps")
	ends = map[string]State{}
	for i := range n {
		id := fmt.Sprintf("s%02d", i)
		node := Node{ID: id}
		for _, need := range rapid.SliceOfN(rapid.IntRange(0, max(0, i-1)), 0, 3).Draw(t, "needs of "+id) {
			if need < i {
				node.Needs = append(node.Needs, fmt.Sprintf("s%02d", need))
			}
		}
		for _, first := range rapid.SliceOfN(rapid.IntRange(0, max(0, i-1)), 0, 2).Draw(t, "what comes before "+id) {
			if first < i {
				node.After = append(node.After, fmt.Sprintf("s%02d", first))
			}
		}
		ends[id] = rapid.SampledFrom([]State{Success, Success, Success, Success, Failed, Held}).Draw(t, "end of "+id)
		p.Nodes = append(p.Nodes, node)
	}
	return p, ends
}

type witness struct {
	ends       map[string]State
	needs      map[string][]string
	comesAfter map[string][]string
	threads    int

	mu         sync.Mutex
	done       map[string]State
	working    int
	complaints []string
}

// do does a step; every other one rests before it ends.
func (w *witness) do(_ context.Context, id string, rest func()) Result {
	w.mu.Lock()
	if _, twice := w.done[id]; twice {
		w.complaints = append(w.complaints, id+" was done twice")
	}
	for other, first := range w.comesAfter {
		if _, done := w.done[other]; done && slices.Contains(first, id) {
			w.complaints = append(w.complaints, other+" was done before the end of "+id)
		}
	}
	for _, need := range w.needs[id] {
		if w.done[need] != Success {
			w.complaints = append(w.complaints, id+" was done before "+need)
		}
	}
	if w.working++; w.working > w.threads {
		w.complaints = append(w.complaints, fmt.Sprintf("%d steps at once on %d threads", w.working, w.threads))
	}
	rests := w.threads > 1 && len(w.done)%2 == 0
	if rests {
		w.working--
	}
	w.mu.Unlock()
	if rests {
		rest()
	}

	w.mu.Lock()
	defer w.mu.Unlock()
	if !rests {
		w.working--
	}
	w.done[id] = w.ends[id]
	return Result{State: w.ends[id]}
}

// judge says what is wrong with the end of one step.
func (w *witness) judge(id string, results Results) string {
	r := results[id]
	if state, done := w.done[id]; done {
		if r.State != state {
			return fmt.Sprintf("%s was done and is %s, but its result is %s", id, state, r.State)
		}
		return ""
	}
	if r.State != Skipped {
		return fmt.Sprintf("%s was not done and is %s", id, r.State)
	}
	if blamed := results[r.Because].State; blamed != Failed && blamed != Held {
		return fmt.Sprintf("%s was skipped because of %s, which is %s", id, r.Because, blamed)
	}
	if !w.isAncestor(r.Because, id) {
		return fmt.Sprintf("%s was skipped because of %s, which it does not need", id, r.Because)
	}
	return ""
}

func (w *witness) isAncestor(a, of string) bool {
	return slices.ContainsFunc(w.needs[of], func(n string) bool { return n == a || w.isAncestor(a, n) })
}
