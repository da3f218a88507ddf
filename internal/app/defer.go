package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// Deferral lets the names of resources that a command does not build mean what
// the manifest of another invocation says.
type Deferral struct {
	Defer bool `json:"defer,omitempty"`
	// Favor does so also where the resource is in the lake.
	Favor bool `json:"favor_state,omitempty"`
	// State is the folder of the manifest; "" is that of the selection.
	State string `json:"state,omitempty"`
}

// elsewhere reads the manifest that a request defers to.
func (a *App) elsewhere(r BuildRequest, flag string) (*artifact.Previous, error) {
	dir := r.Deferral.State
	if dir == "" {
		dir = r.State
	}
	if dir == "" {
		return nil, diag.New("no-state", diag.Place{}, "%s needs the manifest of another invocation, and none is given", flag).
			WithHint("name the folder that has it: --state path/to/target")
	}
	return a.state(dir).Manifest()
}

// deferred are the relations that stand for what is neither among ids nor in
// the lake, by ID.
func (a *App) deferred(ctx context.Context, r BuildRequest, ids []string) (map[string]relation.Relation, error) {
	if !r.Deferral.Defer {
		return nil, nil
	}
	before, err := a.elsewhere(r, "--defer")
	if err != nil {
		return nil, err
	}
	view, err := a.stores.lake.Pin(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]relation.Relation{}
	for _, res := range a.project.Resources {
		node, known := before.Node(res.ID)
		if !known || node.RelationName == nil || !res.Referable() || slices.Contains(ids, res.ID) || res.Config.Materialized == project.MaterializedEphemeral {
			continue
		}
		if r.Deferral.Favor || !holds(view, res.Relation) {
			out[res.ID] = relation.New(ident.Table{Namespace: node.Schema, Name: node.Alias})
		}
	}
	return out, nil
}

// holds reports whether readers see a table or view of that name.
func holds(view *lake.View, t ident.Table) bool {
	return slices.ContainsFunc(view.Entries(), func(e lake.Entry) bool { return e.Name.Key() == t.Key() })
}

// clone is the step that makes a view of each selected resource that the
// manifest of another invocation has elsewhere in the lake, as dbt does where
// an adapter cannot copy without copying. What is there stays, but for a full
// refresh.
func (a *App) clone(ctx context.Context, r BuildRequest) (*project.Resource, error) {
	resources, err := a.Select(ctx, r.Selection)
	if err != nil {
		return nil, err
	}
	before, err := a.elsewhere(r, "clone")
	if err != nil {
		return nil, err
	}
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	view, err := s.lake.Pin(ctx)
	if err != nil {
		return nil, err
	}
	var sql strings.Builder
	for _, res := range resources {
		node, known := before.Node(res.ID)
		from := ident.Table{Namespace: node.Schema, Name: node.Alias}
		if !known || node.RelationName == nil || !res.Referable() || from.Key() == res.Relation.Key() || !holds(view, from) {
			continue
		}
		if here := holds(view, res.Relation); here && !r.FullRefresh {
			continue
		}
		fmt.Fprintf(&sql, "create or replace view %s.%s as select * from %s.%s;\n",
			ident.Quote(res.Relation.Namespace), ident.Quote(res.Relation.Name), ident.Quote(from.Namespace), ident.Quote(from.Name))
	}
	if sql.Len() == 0 {
		return nil, diag.New("nothing-to-clone", diag.Place{}, "nothing that is selected is elsewhere in the lake and not here").
			WithHint("clone makes views of the relations that --state's manifest names; --full-refresh replaces what is here")
	}
	return &project.Resource{ID: "clone", Kind: project.KindOperation, Name: "clone", Package: a.project.Name, Path: "clone", Place: diag.Place{File: "clone", Line: 1, Column: 1}, SQL: sql.String()}, nil
}
