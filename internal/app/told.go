package app

import (
	"context"
	"slices"
	"sync"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
)

// toldProject tells clients of the project as it is on the disk.
type toldProject struct {
	app *App
	// mu: one at a time loads the project.
	mu sync.Mutex
}

// Roles are those that policies name.
func (t *toldProject) Roles() ([]string, error) { return t.app.Roles() }

// Report gathers what the page shows.
func (t *toldProject) Report(ctx context.Context, runID string) (explain.Report, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.app.again().Report(ctx, runID)
}

// Why tells why a resource is as it is.
func (t *toldProject) Why(ctx context.Context, name string) (explain.Answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.app.again().Why(ctx, name)
}

// Rules are the policies.
func (t *toldProject) Rules(ctx context.Context) (rules []*policy.Rule, err error) {
	err = t.policies(ctx, func(p *Policies) error {
		rules = p.Rules()
		return nil
	})
	return rules, err
}

// Explain decides for somebody by name.
func (t *toldProject) Explain(ctx context.Context, principal, action, table string) (d policy.Decision, err error) {
	err = t.policies(ctx, func(p *Policies) (err error) {
		d, err = p.Explain(principal, action, table)
		return err
	})
	return d, err
}

// WhatCan is every table that somebody may do something with.
func (t *toldProject) WhatCan(ctx context.Context, principal string) (list []httpapi.Permitted, err error) {
	err = t.policies(ctx, func(p *Policies) error {
		found, err := p.WhatCan(principal)
		list = permittedOf(found)
		return err
	})
	return list, err
}

// WhoCanSee is everybody who may do something with a table.
func (t *toldProject) WhoCanSee(ctx context.Context, table string) (list []httpapi.Permitted, err error) {
	err = t.policies(ctx, func(p *Policies) error {
		found, err := p.WhoCanSee(table)
		list = permittedOf(found)
		return err
	})
	return list, err
}

// policies asks the policies as they are on the disk.
func (t *toldProject) policies(ctx context.Context, ask func(*Policies) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, err := t.app.again().Policies(ctx)
	if err != nil {
		return err
	}
	return ask(p)
}

func permittedOf(found []Permitted) (list []httpapi.Permitted) {
	for _, f := range found {
		one := httpapi.Permitted{Principal: f.Principal.String(), Table: f.Table.String()}
		for _, do := range f.Actions {
			one.Actions = append(one.Actions, string(do))
		}
		list = append(list, one)
	}
	return list
}

// Lineage finds what a resource is made of, and what is made of it.
func (t *toldProject) Lineage(_ context.Context, name string) (httpapi.Lineage, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.app.again()
	r, err := b.resource(name)
	if err != nil {
		return httpapi.Lineage{}, err
	}
	l := httpapi.Lineage{Resource: r.ID, Nodes: []httpapi.LineageNode{}, Edges: [][2]string{}}
	within := map[string]bool{r.ID: true}
	for _, id := range slices.Concat(b.graph.Ancestors(r.ID), b.graph.Descendants(r.ID)) {
		within[id] = true
	}
	for _, id := range b.graph.Order() {
		one := b.project.ByID(id)
		if one == nil || !within[id] {
			continue
		}
		n := httpapi.LineageNode{ID: id, Name: b.name(id), Kind: string(one.Kind), Description: one.Description}
		if artifact.Stored(one) {
			n.Stored, n.Table = one.Relation, one.Relation.String()
		}
		l.Nodes = append(l.Nodes, n)
		for _, parent := range b.graph.Parents(id) {
			if within[parent] {
				l.Edges = append(l.Edges, [2]string{parent, id})
			}
		}
	}
	return l, nil
}
