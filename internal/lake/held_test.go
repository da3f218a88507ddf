package lake

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeldCandidatesAreKeptUntilTheTableMovesOn(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	base := load(t, l, "o")
	replacement := func(id int) *Candidate {
		return stage(t, l, "o", Change{Base: base, Op: Replace, Schema: orders}, row(id))
	}
	held := func() (names []string) {
		all, err := l.Held(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range all {
			names = append(names, h.Location+" "+h.Reason)
		}
		return names
	}
	first, second := replacement(2), replacement(3)
	for _, c := range []*Candidate{first, second} {
		if err := l.Hold(ctx, []*Candidate{c}, "a test failed"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{second.Location + " a test failed"}, held()); diff != "" {
		t.Error("held:", diff)
	}
	// Held stages outlive their run; what took their place does not.
	if swept, err := l.Sweep(ctx, func(string) bool { return false }); err != nil || swept.Stages != 1 {
		t.Errorf("swept %+v, %v", swept, err)
	}
	table, err := l.LoadAt(ctx, second.Name, second.Kind, second.Location)
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, table, At{}, row(3))
	mine, err := l.Candidates(ctx, "run-1")
	journaled := *second
	journaled.effect, journaled.isolation = nil, "" // are found out again
	if err != nil || len(mine) != 1 || *mine[0] != journaled {
		t.Errorf("candidates of the run: %v, %v", mine, err)
	}
	commit(t, l, replacement(4))
	if got := held(); got != nil {
		t.Errorf("held after the table moved on: %v", got)
	}
	if err := l.Commit(ctx, []*Candidate{first}, nil); err == nil {
		t.Error("a dropped candidate was committed")
	}
}

func TestAHeldCandidateCanBePublished(t *testing.T) {
	l := newLake(t)
	c := stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1))
	if err := l.Hold(ctx, []*Candidate{c}, "waits"); err != nil {
		t.Fatal(err)
	}
	commit(t, l, c)
	wantRows(t, load(t, l, "o"), At{}, row(1))
	if err := l.Hold(ctx, []*Candidate{c}, "late"); !errors.Is(err, ErrStageGone) {
		t.Errorf("Hold of what is committed = %v", err)
	}
}
