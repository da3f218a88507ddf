package transform

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
)

// strategyMacros are dbt's macros that make up each strategy of incremental
// models. Where a project has its own of one of them, they are what runs.
var strategyMacros = map[string][]string{
	"default":       {"get_incremental_default_sql", "get_incremental_delete_insert_sql", "get_delete_insert_merge_sql"},
	appendRows:      {"get_incremental_append_sql", "get_insert_into_sql"},
	deleteInsert:    {"get_incremental_delete_insert_sql", "get_delete_insert_merge_sql"},
	mergeRows:       {"get_incremental_merge_sql", "get_merge_sql", "get_merge_update_columns", "merge_clause_defaults", "merge_join_clause"},
	insertOverwrite: {"get_incremental_insert_overwrite_sql", "get_insert_overwrite_merge_sql"},
	microbatch:      {"get_incremental_microbatch_sql"},
}

// snapshotMacros are those that all snapshots are made of.
var snapshotMacros = []string{
	"snapshot_hash_arguments", "snapshot_get_time", "get_true_sql", "snapshot_staging_table", "build_snapshot_table",
	"build_snapshot_staging_table", "snapshot_merge_sql", "get_dbt_valid_to_current", "get_snapshot_table_column_names",
	"snapshot_check_all_get_existing_columns", "strategy_dispatch",
}

// The macros of ours that make tables by macros.
const (
	addByMacros      = "add_by_strategy"
	snapshotByMacros = "take_snapshot"
)

// ByMacros reports whether macros of the project or of its packages make the
// next state of a model or a snapshot, and not what is built in: a strategy of
// their own, or dbt's with a macro of theirs in it. An incremental model is made
// by them where it has a table to add to.
func (t *Transformer) ByMacros(ctx context.Context, r *Request) (bool, error) {
	switch {
	case r.Model.Kind == project.KindSnapshot:
		return t.own(r.Model, snapshotMacros...) || t.own(r.Model, "snapshot_"+settingsOf(r.Model).text("strategy")+"_strategy"), nil
	case r.Model.Config.Materialized != project.MaterializedIncremental || !t.OwnStrategy(r.Model):
		return false, nil
	}
	var err error
	if r.Base, err = r.Scope.Table(ctx, r.Model.Relation); errors.Is(err, lake.ErrNotFound) {
		r.Base, err = nil, nil
	}
	return r.Incremental(), err
}

// OwnStrategy reports whether the strategy of an incremental model is by macros
// of the project or of a package.
func (t *Transformer) OwnStrategy(model *project.Resource) bool {
	name := settingsOf(model).text("incremental_strategy")
	switch name {
	case "":
		name = "default"
	case "delete_insert":
		name = deleteInsert
	}
	macros, known := strategyMacros[name]
	if !known {
		macros = []string{strategyMacro(name)}
	}
	return t.own(model, macros...)
}

func strategyMacro(name string) string {
	return "get_incremental_" + strings.ReplaceAll(name, "+", "_") + "_sql"
}

// own reports whether one of these macros, or what it dispatches to, is not
// dbt's to the texts of a resource.
func (t *Transformer) own(r *project.Resource, names ...string) bool {
	library := t.Project.Library()
	for _, name := range names {
		// A strategy of a package is written package.name.
		pkg, bare := r.Package, name
		if rest, cut := strings.CutPrefix(name, "snapshot_"); cut && strings.Contains(rest, ".") {
			var of string
			of, rest, _ = strings.Cut(rest, ".")
			pkg, bare = of, "snapshot_"+rest
		}
		if m := library.Find(pkg, bare); m != nil && !m.BuiltIn() {
			return true
		}
		if m, _ := library.Dispatch(bare, "dbt", pkg); m != nil && !m.BuiltIn() {
			return true
		}
	}
	return false
}

// MakeByMacros makes the next state of a model or a snapshot by macros, whose
// statements change the workspace of the request.
func (t *Transformer) MakeByMacros(ctx context.Context, r Request) (rows int64, err error) {
	name := addByMacros
	if r.Model.Kind == project.KindSnapshot {
		name = snapshotByMacros
	}
	// What is wrong with the query itself is told where it stands.
	env := r.env().traced()
	statement, err := t.Statement(ctx, r.Model, env)
	if err != nil {
		return 0, err
	}
	if _, err := t.Gate.Plan(ctx, statement); err != nil {
		return 0, err
	}
	if r.Model.Kind != project.KindSnapshot {
		if _, err := t.increment(r, "").gatedPredicates(ctx); err != nil {
			return 0, err
		}
	}
	m := t.Project.Library().InPackage("dbt", name)
	return t.invoke(ctx, r, env, m, statement)
}

// invoke runs a materialization, or a macro that does the work of one.
func (t *Transformer) invoke(ctx context.Context, r Request, env Env, m *template.Macro, statement gate.Statement) (rows int64, err error) {
	env.compiled = statement.SQL
	c := t.context(r.Model, env)
	c.SQL, c.File = statement.SQL, m.File
	if r.Model.Kind == project.KindSnapshot {
		c.Config = maps.Clone(c.Config)
		c.Config["snapshot_table_column_names"] = snapshotNames(r.Model)
	}
	var all ephemerals
	if _, _, err := template.Invoke(ctx, m, nil, nil, c, t.Project.Resolver(ctx, r.Model, t.resolve(r.Model, env, &all))); err != nil {
		return 0, t.atAuthor(r.Model, err)
	}
	for _, candidate := range r.Work.Changes().Candidates {
		if candidate.Name.Key() == r.Model.Relation.Key() {
			rows = candidate.Records
		}
	}
	return rows, nil
}

// atAuthor gives problems in dbt's own macros, which nobody called but the
// resource itself, the place of its strategy or its own.
func (t *Transformer) atAuthor(r *project.Resource, err error) error {
	var problem *diag.Problem
	if !errors.As(err, &problem) || !template.IsBuiltIn(problem.Place) {
		return err
	}
	problem.Place = r.Place
	name := strategyMacro(settingsOf(r).text("incremental_strategy"))
	if r.Kind == project.KindSnapshot {
		name = "snapshot_" + settingsOf(r).text("strategy") + "_strategy"
	}
	if m := t.Project.Library().Find(r.Package, name); m != nil && !m.BuiltIn() {
		problem.Place = m.Place
	}
	return err
}

// snapshotNames are the names of the columns that a snapshot adds.
func snapshotNames(r *project.Resource) map[string]any {
	names := map[string]any{}
	given, _ := r.Config.Raw["snapshot_meta_column_names"].(map[string]any)
	for _, usual := range []string{"dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to", "dbt_is_deleted"} {
		names[usual] = usual
		if own := textOf(given[usual]); own != "" {
			names[usual] = own
		}
	}
	return names
}

// put sets a field.
func put(fields artifact.Fields, f artifact.Field) artifact.Fields {
	for i := range fields {
		if fields[i].Key == f.Key {
			fields[i] = f
			return fields
		}
	}
	return append(fields, f)
}
