package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/policy"
)

// noSystem is a lake without tables about itself.
type noSystem struct{}

func (noSystem) System(context.Context, *build.Scope, string, gate.Wanted) (*generated.Table, error) {
	return nil, nil
}
func (noSystem) SystemNames() []string { return nil }

// house is a gate before many tables, with many policies.
type house struct {
	lake     *lake.Lake
	gate     *gate.Gate
	policies policy.Tables
}

// govern sends statements through the gate, each of somebody else and about
// other tables.
func govern(ctx context.Context, dir string, rounds int, m measurements) error {
	keep := func(s objstore.Store) objstore.Store { return s }
	state := filepath.Join(dir, ".tarn")
	return inLake(ctx, state, keep, func(l *lake.Lake) (err error) {
		reader, err := duckdb.Open(ctx, engine.Options{Class: engine.Reader, AllowedDirs: []string{state}})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, reader.Close()) }()
		h := &house{lake: l}
		if err := h.govern(ctx, m); err != nil {
			return err
		}
		if h.gate, err = gate.New(gate.Options{Reader: reader, Policies: func() policy.Tables { return h.policies }}); err != nil {
			return err
		}
		for i := range rounds {
			if err := h.round(ctx, i, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// govern compiles the policies, three times.
func (h *house) govern(ctx context.Context, m measurements) error {
	view, err := h.lake.Pin(ctx)
	if err != nil {
		return err
	}
	known := &policy.Known{}
	for _, e := range view.Entries() {
		known.Tables = append(known.Tables, e.Name)
	}
	for i := range max(teams, people) {
		known.Users, known.Services = append(known.Users, person(i)), append(known.Services, "loads_"+team(i))
		known.Groups = append(known.Groups, team(i), fmt.Sprintf("privacy_%d", i))
	}
	files := []policy.File{{Name: "policies/house.cedar", Text: []byte(housePolicies())}}
	h.policies.Tags = tagsOf
	for range 3 {
		if err := m.took("compile", func() (err error) { h.policies.Set, err = policy.Compile(files, known); return err }); err != nil {
			return err
		}
	}
	if n := len(h.policies.Set.Rules()); n != 1002 { // Tarn's own two among them
		return fmt.Errorf("there are %d policies", n)
	}
	return nil
}

// round asks for what somebody may read, and for what they may not.
func (h *house) round(ctx context.Context, i int, m measurements) error {
	n := i / teams * 6
	one := fmt.Sprintf("SELECT column_02, column_03 FROM %s WHERE column_01 = %d ORDER BY column_04 DESC LIMIT 10", openTable(i, n), i)
	five := fmt.Sprintf("SELECT a.column_01, sum(b.column_03) AS total FROM %s a", openTable(i, n))
	for k := range 4 {
		five += fmt.Sprintf(" JOIN %s %c USING (column_01)", openTable(i+k+1, n), 'b'+k)
	}
	five += " WHERE a.column_02 LIKE 'x%' GROUP BY a.column_01 HAVING count(*) > 1"
	view := fmt.Sprintf("SELECT column_01, count(*) FROM main.view_%02d GROUP BY ALL", i%teamViews)
	for what, sql := range map[string]string{"one table": one, "five tables": five, "a view": view} {
		if err := h.pass(ctx, what, sql, asker(i), m); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	if i >= 20 {
		return nil
	}
	return h.unseen(ctx, fmt.Sprintf("SELECT * FROM %s", teamTable(i+51, 3)), asker(i), m)
}

// unseen asks for a table that is not there for who asks, and for all that are.
func (h *house) unseen(ctx context.Context, sql string, who policy.Who, m measurements) error {
	view, err := h.lake.Pin(ctx)
	if err != nil {
		return err
	}
	st := gate.Statement{SQL: sql, Who: who, Scope: &build.Scope{SystemTables: noSystem{}, View: view}, Purpose: "query"}
	err = m.took("hidden", func() error {
		_, err := h.gate.Plan(ctx, st)
		var p *diag.Problem
		if errors.As(err, &p) && p.Code == "unknown-table" {
			return nil
		}
		return fmt.Errorf("%s is not hidden: %w", sql, err)
	})
	if err != nil {
		return err
	}
	return m.took("seen", func() error {
		if entries, _ := h.gate.Seen(ctx, st); len(entries) < 6*teamTables*6/7 {
			return fmt.Errorf("%s sees %d tables", who.Principal, len(entries))
		}
		return nil
	})
}

// pass takes a statement through the gate, over the state of the catalog then.
func (h *house) pass(ctx context.Context, what, sql string, who policy.Who, m measurements) error {
	begun, before := time.Now(), cpu()
	view, err := h.lake.Pin(ctx)
	if err != nil {
		return err
	}
	pin := time.Since(begun)
	plan, err := h.gate.Plan(ctx, gate.Statement{SQL: sql, Who: who, Scope: &build.Scope{SystemTables: noSystem{}, View: view}, Purpose: "query"})
	if err != nil {
		return err
	}
	all, spent := time.Since(begun), plan.Spent
	m.add(what, (pin + spent.Gate()).Seconds())
	m.add("CPU of "+what, cpu()-before)
	for part, took := range map[string]time.Duration{"pin": pin, "parse": spent.Parse, "resolve": pin + spent.Resolve, "decide": spent.Decide,
		"rewrite": spent.Rewrite, "plan": all - pin - spent.Gate()} {
		m.add(what+": "+part, took.Seconds())
	}
	return nil
}
