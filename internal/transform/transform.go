// Package transform builds models: it compiles dbt's language into SQL, runs
// it through the gate and stages the result as a table or a view.
//
// It promises that a model's SQL meets only the names of its scope, and that
// what it returns is a candidate no reader sees. It leaves to others in which
// order models are built, their tests, and publishing.
package transform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/pyprocess"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
	"github.com/tarn-lake/tarn/internal/workspace"
	"github.com/tarn-lake/tarn/internal/write"
)

// Transformer builds the models of one project for one principal.
type Transformer struct {
	Gate    *gate.Gate
	Writer  *write.Writer
	Project *project.Project
	Who     policy.Who
	// Describer gives dbt's word model.
	Describer *artifact.Describer
	// Context adds to the context of all texts; nil adds nothing.
	Context func(*template.Context)
	// Deferred are the relations that stand for resources in place of their
	// own, by ID.
	Deferred map[string]relation.Relation
	// Python runs models in Python; nil refuses them.
	Python *pyprocess.Python
	// Print is told what Python models print; nil drops it.
	Print func(line string)
	// Empty reads no rows of anything that is referred to.
	Empty bool
	// Sample is when what is read of others happened; nil is all of time.
	Sample *Batch

	compiled compiled
}

// Request says which model to build, and on what.
type Request struct {
	Model *project.Resource
	Stage *lake.Stage
	// Base is the table or view that the model replaces or adds to; nil if there
	// is none.
	Base  *lake.Table
	Scope gate.Scope
	// Work takes what the model's texts change; its scope is Scope.
	Work *workspace.Workspace
	// FullRefresh makes incremental models anew.
	FullRefresh bool
	// Events narrows the batches of a model; zero times are open. Sample does too,
	// and wins; nil is none.
	Events Batch
	Sample *Batch
	// Now is when the run started.
	Now time.Time
	// Batch is the one that is made of a model in batches.
	Batch *Batch
	// Onto is a candidate over Base that this one goes on from, such as that of
	// the batches before; nil is Base.
	Onto *lake.Table
	// Increment adds to an incremental model's table, whatever else is asked for.
	Increment bool
	// Wrap may wrap the stream of rows, to count them; nil leaves it as it is.
	Wrap func(array.RecordReader) array.RecordReader
	// Summary goes into the snapshot.
	Summary map[string]string

	// keys are those of the model's contract; nil is not known.
	keys []lake.Key
}

// Build compiles and runs the model and returns the candidate.
func (t *Transformer) Build(ctx context.Context, r Request) (*lake.Candidate, error) {
	if r.Model.Language == project.LanguagePython {
		if err := t.checkPython(r.Model); err != nil {
			return nil, err
		}
	}
	if header := r.Model.Config.SQLHeader; header.SQL != "" {
		if err := t.run(ctx, header.SQL, header.Place, r.env()); err != nil {
			return nil, err
		}
	}
	var err error
	if r.keys, err = t.keys(ctx, r); err != nil {
		return nil, err
	}
	switch r.Model.Config.Materialized {
	case project.MaterializedTable, project.MaterializedMaterializedView:
		return t.table(ctx, r)
	case project.MaterializedView:
		return t.view(ctx, r)
	case project.MaterializedIncremental:
		return t.incremental(ctx, r)
	case project.MaterializedSnapshot:
		return t.snapshot(ctx, r)
	default:
		return nil, diag.New("unknown-materialization", r.Model.Place, "the materialization %q is not there yet", r.Model.Config.Materialized).
			WithHint("known are table, view, incremental, materialized_view and ephemeral")
	}
}

// Compile returns the SQL of a model, a test or an analysis (of a Python model its
// text), on what scope
// shows; nil is that texts cannot ask the database.
func (t *Transformer) Compile(ctx context.Context, r *project.Resource, scope gate.Scope) (string, error) {
	if r.Language == project.LanguagePython {
		_, text, err := t.inputs(ctx, r, Env{Scope: scope})
		return text, err
	}
	st, err := t.Statement(ctx, r, Env{Scope: scope})
	return st.SQL, err
}

// statement compiles the model of a request.
func (t *Transformer) statement(ctx context.Context, r Request) (gate.Statement, error) {
	return t.Statement(ctx, r.Model, r.env())
}

func (r Request) env() Env {
	return Env{
		Scope: r.Scope, Work: r.Work, Batch: r.Batch,
		FullRefresh: r.FullRefresh, Incremental: func() (bool, error) { return r.told(), nil },
	}
}

// rows runs the model and returns its rows as a table can hold them.
func (t *Transformer) rows(ctx context.Context, r Request) (array.RecordReader, lake.Schema, error) {
	if r.Model.Language == project.LanguagePython {
		return t.pythonRows(ctx, r)
	}
	statement, err := t.statement(ctx, r)
	if err != nil {
		return nil, lake.Schema{}, err
	}
	rows, schema, err := t.project(ctx, r, statement)
	if err != nil {
		return nil, schema, err
	}
	return rows, schema, nil
}

// project runs a statement and returns its rows as a table can hold them.
func (t *Transformer) project(ctx context.Context, r Request, statement gate.Statement) (*gate.Result, lake.Schema, error) {
	var schema lake.Schema
	limit := ""
	if test := r.Model.Test; test != nil && test.Limit > 0 {
		limit = fmt.Sprintf(" LIMIT %d", test.Limit)
	}
	result, err := t.Gate.Select(ctx, statement, func(inner string, cols []engine.Column) (string, error) {
		cols, err := t.contracted(ctx, r, cols)
		if err != nil {
			return "", err
		}
		p, err := scan.Project(cols)
		if err != nil {
			return "", at(r.Model, err)
		}
		schema = p.Schema
		if p.Same && limit == "" {
			return inner, nil
		}
		return "SELECT " + p.Select + " FROM (" + inner + ")" + limit, nil
	})
	return result, schema, err
}

func (t *Transformer) table(ctx context.Context, r Request) (*lake.Candidate, error) {
	rows, schema, err := t.rows(ctx, r)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	return t.replace(ctx, r, rows, schema)
}

// replace makes rows all that the table has.
func (t *Transformer) replace(ctx context.Context, r Request, rows array.RecordReader, schema lake.Schema) (*lake.Candidate, error) {
	partition, err := partitions(r.Model)
	if err != nil {
		return nil, err
	}
	candidate, err := t.Writer.Write(ctx, r.write(lake.Replace, r.wrap(rows), schema, partition))
	return candidate, written(r.Model, err)
}

// write is the request to write rows.
func (r Request) write(op lake.Op, rows array.RecordReader, schema lake.Schema, partition []lake.PartitionField) write.Request {
	description, set, unset := r.Model.TableMetadata(r.properties(), op == lake.Replace)
	schema = describe(schema, r.Model)
	if op == lake.Replace {
		schema = required(schema, r.Model)
	}
	return write.Request{
		Stage: r.Stage, Base: r.Base, Onto: r.Onto, Op: op, Rows: rows,
		Schema: schema, Partition: partition, OrderBy: r.Model.Config.OrderBy,
		Summary: r.Summary, Doc: description, Properties: set, Unset: unset, Keys: r.keys,
	}
}

// properties are those that the base has.
func (r Request) properties() map[string]string {
	if r.Base == nil {
		return nil
	}
	return r.Base.Properties()
}

func (r Request) wrap(rows array.RecordReader) array.RecordReader {
	if r.Wrap == nil {
		return rows
	}
	return r.Wrap(rows)
}

// written says which model a problem of writing is about.
func written(model *project.Resource, err error) error {
	var problem *diag.Problem
	if errors.As(err, &problem) {
		return at(model, err)
	}
	return err
}

func (t *Transformer) view(ctx context.Context, r Request) (*lake.Candidate, error) {
	statement, err := t.statement(ctx, r)
	if err != nil {
		return nil, err
	}
	return t.viewOf(ctx, r, statement, statement.SQL)
}

// viewOf makes a view of sql, which gives rows of a statement.
func (t *Transformer) viewOf(ctx context.Context, r Request, statement gate.Statement, sql string) (*lake.Candidate, error) {
	plan, err := t.Gate.Plan(ctx, statement)
	if err != nil {
		return nil, err
	}
	if _, err := t.contracted(ctx, r, plan.Columns); err != nil {
		return nil, err
	}
	for _, name := range plan.Tables {
		if r.Work != nil && r.Work.Temporary(name) {
			return nil, diag.New("temporary", r.Model.Place, "the view %s reads the temporary table %s, which is gone when the view is read", r.Model.Name, name.Name).
				WithHint("materialize the model as a table")
		}
	}
	p, err := scan.Project(plan.Columns)
	if err != nil {
		return nil, at(r.Model, err)
	}
	description, set, unset := r.Model.TableMetadata(r.properties(), true)
	return r.Stage.BuildView(ctx, lake.ViewChange{
		Base: r.Base, SQL: sql, Schema: describe(p.Schema, r.Model), Doc: description, Properties: set, Unset: unset, OfProject: true,
	})
}

// partitions reads the model's partition_by.
func partitions(model *project.Resource) ([]lake.PartitionField, error) {
	var fields []lake.PartitionField
	for _, p := range model.Config.PartitionBy {
		transform, column, err := project.ParsePartition(p)
		if err != nil {
			return nil, at(model, err)
		}
		fields = append(fields, write.PartitionField(transform, column))
	}
	return fields, nil
}

// describe puts the documentation of a model's columns into its schema, where
// that is kept with the table.
func describe(s lake.Schema, model *project.Resource) lake.Schema {
	docs := model.PersistedColumns()
	if docs == nil {
		return s
	}
	s.Fields = slices.Clone(s.Fields) // they may be those of a table that is there
	for i, f := range s.Fields {
		if text, declared := docs[ident.Fold(f.Name)]; declared {
			s.Fields[i].Doc = text
		}
	}
	return s
}

// at says which model an error is about.
func at(model *project.Resource, err error) error {
	var ps diag.Problems
	ps.AddError("bad-model", model.Place, err)
	for _, p := range ps.All() {
		if p.Place == (diag.Place{}) {
			p.Place = model.Place
		}
	}
	return fmt.Errorf("model %s: %w", model.Name, ps.Err())
}
