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

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/write"
)

// Transformer builds the models of one project for one principal.
type Transformer struct {
	Gate      *gate.Gate
	Writer    *write.Writer
	Project   *project.Project
	Principal identity.Principal
}

// Request says which model to build, and on what.
type Request struct {
	Model *project.Resource
	Stage *lake.Stage
	// Base is the table or view that the model replaces; nil if there is none.
	Base  *lake.Table
	Scope gate.Scope
	// Wrap may wrap the stream of rows, to count them; nil leaves it as it is.
	Wrap func(array.RecordReader) array.RecordReader
	// Summary goes into the snapshot.
	Summary map[string]string
}

// Build compiles and runs the model and returns the candidate.
func (t *Transformer) Build(ctx context.Context, r Request) (*lake.Candidate, error) {
	sql, err := t.Compile(r.Model)
	if err != nil {
		return nil, err
	}
	statement := gate.Statement{
		SQL: sql, Principal: t.Principal, Scope: r.Scope, Purpose: "model",
		Place: diag.Place{File: r.Model.Path, Line: 1, Column: 1},
	}
	switch r.Model.Config.Materialized {
	case project.MaterializedTable:
		return t.table(ctx, r, statement)
	case project.MaterializedView:
		return t.view(ctx, r, statement)
	default:
		return nil, diag.New("unknown-materialization", r.Model.Place, "the materialization %q is not there yet", r.Model.Config.Materialized).
			WithHint("known are table, view and ephemeral")
	}
}

// Compile returns the SQL of a model, an analysis or a singular test.
func (t *Transformer) Compile(r *project.Resource) (string, error) {
	return t.Project.Compile(r, t.Relation)
}

// Relation returns what stands for a resource in SQL: its quoted name, or the
// query itself where it is ephemeral.
func (t *Transformer) Relation(r *project.Resource) (string, error) {
	if r.Config.Materialized != project.MaterializedEphemeral {
		return ident.Quote(r.Relation.Namespace) + "." + ident.Quote(r.Relation.Name), nil
	}
	sql, err := t.Compile(r)
	if err != nil {
		return "", err
	}
	// The line break ends a comment in the model's last line.
	return "(" + sql + "\n)", nil
}

func (t *Transformer) table(ctx context.Context, r Request, statement gate.Statement) (*lake.Candidate, error) {
	partition, err := partitions(r.Model)
	if err != nil {
		return nil, err
	}
	var schema lake.Schema
	result, err := t.Gate.Select(ctx, statement, func(inner string, cols []engine.Column) (string, error) {
		p, err := scan.Project(cols)
		if err != nil {
			return "", at(r.Model, err)
		}
		schema = p.Schema
		return "SELECT " + p.Select + " FROM (" + inner + ")", nil
	})
	if err != nil {
		return nil, err
	}
	defer result.Release()
	var rows array.RecordReader = result
	if r.Wrap != nil {
		rows = r.Wrap(result)
	}
	candidate, err := t.Writer.Write(ctx, write.Request{
		Stage: r.Stage, Base: r.Base, Op: lake.Replace, Rows: rows,
		Schema: describe(schema, r.Model), Partition: partition, OrderBy: r.Model.Config.OrderBy,
		Summary: r.Summary, Doc: r.Model.Description,
	})
	var problem *diag.Problem
	if errors.As(err, &problem) {
		return nil, at(r.Model, err)
	}
	return candidate, err
}

func (t *Transformer) view(ctx context.Context, r Request, statement gate.Statement) (*lake.Candidate, error) {
	plan, err := t.Gate.Plan(ctx, statement)
	if err != nil {
		return nil, err
	}
	p, err := scan.Project(plan.Columns)
	if err != nil {
		return nil, at(r.Model, err)
	}
	return r.Stage.BuildView(ctx, lake.ViewChange{
		Base: r.Base, SQL: statement.SQL, Schema: describe(p.Schema, r.Model), Doc: r.Model.Description,
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

// describe puts the documentation of a model's columns into its schema.
func describe(s lake.Schema, model *project.Resource) lake.Schema {
	docs := map[string]string{}
	for _, c := range model.Columns {
		docs[ident.Fold(c.Name)] = c.Description
	}
	for i := range s.Fields {
		s.Fields[i].Doc = docs[ident.Fold(s.Fields[i].Name)]
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
