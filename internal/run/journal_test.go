package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
)

// openJournal opens the journal of the state folder dir, as each process does.
func openJournal(t *testing.T, dir string) *Journal {
	t.Helper()
	db := metadbtest.Open(t, dir, "state.db")
	j, err := Open(t.Context(), Options{State: db, Catalog: db, Locks: filepath.Join(dir, "locks")})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func begin(t *testing.T, j *Journal, s Spec) *Active {
	t.Helper()
	a, err := j.Begin(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finish(t, a, Success) })
	return a
}

func finish(t *testing.T, a *Active, s State) {
	t.Helper()
	if err := a.Finish(context.Background(), s, ""); err != nil {
		t.Error(err)
	}
}

func TestTheJournalGivesBackWhatARunWas(t *testing.T) {
	dir := t.TempDir()
	spec := Spec{
		Command: "build", Args: []string{"build", "--select", "daily_sales+"}, Select: []string{"daily_sales+"},
		Principal: "local:ada", Project: "shop", Publish: "run", Vars: json.RawMessage(`{"net":true}`), RetryOf: "r1",
	}
	a := begin(t, openJournal(t, dir), spec)
	if !regexp.MustCompile(`^r\d{8}-\d{6}-[0-9a-f]{4}$`).MatchString(a.ID()) {
		t.Errorf("the id is %s", a.ID())
	}
	other := openJournal(t, dir)
	for _, state := range []State{Running, Held} {
		if state != Running {
			finish(t, a, state)
		}
		got, err := other.Get(t.Context(), a.ID())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a.Run(), got, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		if got.State != state || got.Finished.IsZero() == state.Ended() {
			t.Errorf("the run is %s, finished %s; want %s", got.State, got.Finished, state)
		}
	}
	if _, err := other.Get(t.Context(), "r2"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get of a run that is not there: %v", err)
	}
}

func TestRunsAreListedNewestFirst(t *testing.T) {
	j := openJournal(t, t.TempDir())
	var ids []string
	for _, r := range []Run{{Command: "ingest", State: Success}, {Command: "build", State: Success}, {Command: "build", State: Success}, {Command: "test", State: Failed}} {
		a := begin(t, j, Spec{Command: r.Command})
		finish(t, a, r.State)
		ids = append([]string{a.ID()}, ids...)
	}
	for _, c := range []struct {
		name   string
		filter Filter
		want   []string
	}{
		{"all", Filter{}, ids},
		{"the newest two", Filter{Limit: 2}, ids[:2]},
		{"of two commands", Filter{Commands: []string{"build", "test"}}, ids[:3]},
		{"in a state", Filter{Commands: []string{"build", "test"}, States: []State{Success}}, ids[1:3]},
	} {
		runs, err := j.List(t.Context(), c.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range runs {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if latest, err := j.Latest(t.Context(), Filter{Commands: []string{"build"}}); err != nil || latest.ID != ids[1] {
		t.Errorf("Latest = %s, %v; want %s", latest.ID, err, ids[1])
	}
	if _, err := j.Latest(t.Context(), Filter{Commands: []string{"seed"}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("Latest of no run: %v", err)
	}
}

// transcript writes events down as a person would be told.
func transcript(lines *[]string) func(Event) {
	return func(e Event) {
		var line string
		switch e := e.(type) {
		case RunStarted:
			line = "run " + e.Run.Command
		case Planned:
			line = fmt.Sprintf("%d steps", e.Steps)
		case StepStarted:
			line = fmt.Sprintf("%d of %d %s", e.Step.Number, e.Of, e.Step.Resource)
		case StepProgress:
			line = fmt.Sprintf("%s %d rows, %d of %d bytes", e.Step.Resource, e.Rows, e.Bytes, e.Total)
		case StepFinished:
			line = fmt.Sprintf("%s %s %s", e.Step.Resource, e.Step.State, e.Step.Message)
		case RunFinished:
			line = "run " + string(e.Run.State)
		}
		*lines = append(*lines, strings.TrimSpace(line))
	}
}

func TestStepsAreJournaledBeforeTheyAreDoneAndAsTheyEnd(t *testing.T) {
	dir := t.TempDir()
	j, other := openJournal(t, dir), openJournal(t, dir)
	var told []string
	a := begin(t, j, Spec{Command: "build", Events: transcript(&told)})
	seen := map[string]string{}
	results, err := a.Execute(t.Context(), plan("raw; daily raw; weekly daily; other"), 1, func(ctx context.Context, at *Attempt) Result {
		id := at.Step().Resource
		seen[id] = journalNow(t, other, a.ID())
		switch id {
		case "daily":
			return Result{State: Held, Outcome: KeptBack, Message: "unlikely", Details: json.RawMessage(`{"rows":[1]}`)}
		case "raw":
			at.Progress(5, 50, 100)
			return Result{State: Success, Outcome: Published, Rows: 10, Bytes: 100}
		}
		return Result{State: Success, Outcome: Unchanged}
	})
	if err != nil {
		t.Fatal(err)
	}
	finish(t, a, results.State())

	if diff := cmp.Diff(map[string]string{
		"raw":   "raw running, daily pending, weekly pending, other pending",
		"daily": "raw success, daily running, weekly pending, other pending",
		"other": "raw success, daily held, weekly skipped, other running",
	}, seen); diff != "" {
		t.Error("the journal while steps were done:", diff)
	}
	if diff := cmp.Diff([]string{
		"run build", "4 steps",
		"1 of 4 raw", "raw 5 rows, 50 of 100 bytes", "raw success",
		"2 of 4 daily", "daily held unlikely", "weekly skipped daily is held",
		"4 of 4 other", "other success",
		"run held",
	}, told); diff != "" {
		t.Error("the events:", diff)
	}
	steps, err := other.Steps(t.Context(), a.ID())
	if err != nil {
		t.Fatal(err)
	}
	want := []Step{
		{RunID: a.ID(), Resource: "raw", Number: 1, Attempt: 1, State: Success, Outcome: Published, Rows: 10, Bytes: 100},
		{RunID: a.ID(), Resource: "daily", Number: 2, Attempt: 1, State: Held, Outcome: KeptBack, Message: "unlikely", Details: json.RawMessage(`{"rows":[1]}`)},
		{RunID: a.ID(), Resource: "weekly", Number: 3, Attempt: 1, State: Skipped, Outcome: KeptBack, Because: "daily", Message: "daily is held"},
		{RunID: a.ID(), Resource: "other", Number: 4, Attempt: 1, State: Success, Outcome: Unchanged},
	}
	if diff := cmp.Diff(want, steps, cmpopts.IgnoreFields(Step{}, "Started", "Finished")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"daily", "weekly"}, Unfinished(steps)); diff != "" {
		t.Error("what a retry has to do:", diff)
	}
}

func journalNow(t *testing.T, j *Journal, run string) string {
	t.Helper()
	steps, err := j.Steps(t.Context(), run)
	if err != nil {
		t.Error(err)
	}
	var all []string
	for _, s := range steps {
		all = append(all, s.Resource+" "+string(s.State))
	}
	return strings.Join(all, ", ")
}

func TestAStepTriedAgainIsAFurtherAttempt(t *testing.T) {
	j := openJournal(t, t.TempDir())
	a := begin(t, j, Spec{Command: "build"})
	for _, r := range []Result{Failure(errors.New("no luck")), {State: Success}} {
		if _, err := a.Execute(t.Context(), plan("raw"), 1, func(context.Context, *Attempt) Result { return r }); err != nil {
			t.Fatal(err)
		}
	}
	later := begin(t, j, Spec{Command: "build"})
	if _, err := later.Execute(t.Context(), plan("raw"), 1, func(context.Context, *Attempt) Result { return Result{State: Held} }); err != nil {
		t.Fatal(err)
	}
	steps, err := j.StepsOf(t.Context(), "raw", 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		got = append(got, fmt.Sprintf("%t %d %s", s.RunID == later.ID(), s.Attempt, s.State))
	}
	if diff := cmp.Diff([]string{"true 1 held", "false 2 success", "false 1 failed"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestACancelledRunIsJournaled(t *testing.T) {
	j := openJournal(t, t.TempDir())
	a := begin(t, j, Spec{Command: "build"})
	ctx, cancel := context.WithCancel(t.Context())
	results, err := a.Execute(ctx, plan("raw; daily raw"), 1, func(ctx context.Context, _ *Attempt) Result {
		cancel()
		return Failure(ctx.Err())
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Finish(ctx, results.State(), "interrupted"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("raw cancelled, daily cancelled", journalNow(t, j, a.ID())); diff != "" {
		t.Error(diff)
	}
	if r, err := j.Get(t.Context(), a.ID()); err != nil || r.State != Cancelled || r.Message != "interrupted" {
		t.Errorf("the run is %s (%s), %v", r.State, r.Message, err)
	}
}

func TestTheStackOfAPanicGoesToTheLog(t *testing.T) {
	var log bytes.Buffer
	a := begin(t, openJournal(t, t.TempDir()), Spec{Command: "build", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	results, err := a.Execute(t.Context(), plan("raw"), 1, func(context.Context, *Attempt) Result { panic("at the disco") })
	if err != nil {
		t.Fatal(err)
	}
	if results["raw"].State != Failed || !strings.Contains(log.String(), "journal_test.go") {
		t.Errorf("the step is %s, the log is %s", results["raw"].State, log.String())
	}
}

func TestRowsOfANewerFormatAreNotGuessed(t *testing.T) {
	j := openJournal(t, t.TempDir())
	a := begin(t, j, Spec{Command: "build"})
	err := j.db.Update(t.Context(), func(tx metadb.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE run SET format = 2`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Get(t.Context(), a.ID()); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("Get = %v", err)
	}
}
