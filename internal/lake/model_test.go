package lake

import (
	"errors"
	"flag"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// modelTable is what a table should be: its history of rows.
type modelTable struct {
	state int // counts commits; 0: there is no table
	rows  []int
}

// modelStage is what a candidate should do.
type modelStage struct {
	candidate *Candidate
	table     string
	base      int // the state that it builds on
	op        Op
	row       int
	run       string
	gone      bool // committed or dropped
	held      bool
}

// model drives a lake and an in-memory picture of it side by side.
type model struct {
	t      testing.TB
	l      *Lake
	tables map[string]*modelTable
	stages []*modelStage
	rows   map[string]int // by data file
}

func TestTheLakeBehavesAsItsModel(t *testing.T) {
	// Every action syncs a database: few rounds, unless more were asked for.
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := flag.Set("rapid.checks", "8"); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = flag.Set("rapid.checks", checks.DefValue) }()
	}
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{t: t, l: newLake(t), tables: map[string]*modelTable{"a": {}, "b": {}, "c": {}}, rows: map[string]int{}}
		rt.Repeat(map[string]func(*rapid.T){
			"stage":  m.stage,
			"commit": m.commit,
			"hold":   m.hold,
			"sweep":  m.sweep,
			"":       m.check,
		})
		wantNoOrphans(t, m.l, func(string) bool { return true })
	})
}

func (m *model) stage(rt *rapid.T) {
	table := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "table")
	op := rapid.SampledFrom([]Op{Append, Append, Replace}).Draw(rt, "op")
	run := rapid.SampledFrom([]string{"run-1", "run-2"}).Draw(rt, "run")
	base := load(m.t, m.l, table)
	s, err := m.l.NewStage(ctx, run, "s", name(table))
	if err != nil {
		rt.Fatal(err)
	}
	schema := m.l.AssignIDs(base, orders)
	id := len(m.rows)
	file := writeData(m.t, s, schema, row(id))
	m.rows[file.Path] = id
	c, err := s.Build(ctx, Change{Base: base, Op: op, Schema: schema, Files: []NewFile{file}, Properties: mergeEarly})
	if err != nil {
		rt.Fatal(err)
	}
	m.stages = append(m.stages, &modelStage{candidate: c, table: table, base: m.tables[table].state, op: op, row: id, run: run})
}

// pick draws some of the stages, one a table at most.
func (m *model) pick(rt *rapid.T) (picked []*modelStage, candidates []*Candidate) {
	seen := map[string]bool{}
	for range rapid.IntRange(1, 3).Draw(rt, "size") {
		if len(m.stages) == 0 {
			return nil, nil
		}
		s := m.stages[rapid.IntRange(max(0, len(m.stages)-6), len(m.stages)-1).Draw(rt, "stage")]
		if !seen[s.table] {
			seen[s.table] = true
			picked, candidates = append(picked, s), append(candidates, s.candidate)
		}
	}
	return picked, candidates
}

func (m *model) commit(rt *rapid.T) {
	picked, candidates := m.pick(rt)
	err := m.l.Commit(ctx, candidates, nil)
	for _, s := range picked {
		moved := m.tables[s.table].state != s.base && (s.op != Append || s.base == 0)
		if s.gone || moved {
			if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrStageGone) {
				rt.Fatalf("committing %+v = %v", s, err)
			}
			m.rebased(picked)
			return
		}
	}
	if err != nil {
		rt.Fatal(err)
	}
	for _, s := range picked {
		t := m.tables[s.table]
		if s.op == Replace {
			t.rows = nil
		}
		t.rows = append(slices.Clone(t.rows), s.row)
		t.state++
		s.gone = true
		m.dropHeld(s)
	}
}

// rebased notes which appends a failed commit has moved along before it failed.
func (m *model) rebased(picked []*modelStage) {
	for _, s := range picked {
		if current := load(m.t, m.l, s.table); !s.gone && current != nil && s.candidate.Base == current.Location() {
			s.base = m.tables[s.table].state
		}
	}
}

func (m *model) dropHeld(by *modelStage) {
	for _, s := range m.stages {
		if s != by && s.table == by.table && s.held && !s.gone {
			s.gone = true
		}
	}
}

func (m *model) hold(rt *rapid.T) {
	picked, candidates := m.pick(rt)
	err := m.l.Hold(ctx, candidates, "because")
	for _, s := range picked {
		if s.gone {
			if !errors.Is(err, ErrStageGone) {
				rt.Fatalf("holding %+v = %v", s, err)
			}
			return
		}
	}
	if err != nil {
		rt.Fatal(err)
	}
	for _, s := range picked {
		s.held = true
		m.dropHeld(s)
	}
}

func (m *model) sweep(rt *rapid.T) {
	live := rapid.SampledFrom([]string{"run-1", "run-2"}).Draw(rt, "live")
	if _, err := m.l.Sweep(ctx, func(run string) bool { return run == live }); err != nil {
		rt.Fatal(err)
	}
	for _, s := range m.stages {
		s.gone = s.gone || (!s.held && s.run != live)
	}
}

func (m *model) check(rt *rapid.T) {
	for table, want := range m.tables {
		current := load(m.t, m.l, table)
		if (current == nil) != (want.state == 0) {
			rt.Fatalf("%s is there: %v, want state %d", table, current != nil, want.state)
		}
		if current == nil {
			continue
		}
		files, err := current.Files(ctx, At{}, nil)
		if err != nil {
			rt.Fatal(err)
		}
		var rows []int
		for _, f := range files {
			rows = append(rows, m.rows[f.URI])
		}
		if !slices.Equal(rows, want.rows) {
			rt.Fatalf("%s has %v, want %v", table, rows, want.rows)
		}
		if n := len(current.Snapshots()); n != want.state {
			rt.Fatalf("%s has %d snapshots after %d commits", table, n, want.state)
		}
	}
	held, err := m.l.Held(ctx)
	if err != nil {
		rt.Fatal(err)
	}
	want := 0
	for _, s := range m.stages {
		if s.held && !s.gone {
			want++
		}
	}
	if len(held) != want {
		rt.Fatalf("%d held, want %d", len(held), want)
	}
}
