package transform

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/pyprocess"
	"github.com/tarn-lake/tarn/internal/template/relation"
	"github.com/tarn-lake/tarn/internal/write"
)

// answered are the rows that a Python model returned.
type answered struct {
	*write.Fitted
	answer *pyprocess.Answer
}

// Release ends the rows and forgets the answer.
func (a *answered) Release() {
	a.Fitted.Release()
	_ = a.answer.Close() // what cannot be removed goes with the next run's beginning
}

// checkPython refuses what Python models cannot be.
func (t *Transformer) checkPython(model *project.Resource) error {
	m := model.Config.Materialized
	ok := m == project.MaterializedTable || m == project.MaterializedIncremental
	strategy := settingsOf(model).text("incremental_strategy")
	switch {
	case t.Custom(model):
		return diag.New("python-materialization", model.Place, "the materialization %s is the project's own, and a Python model cannot have it", m).
			WithHint("set materialized to table or incremental, and let no macro of the project's replace those")
	case !ok:
		return diag.New("python-materialization", model.Place, "a Python model cannot be materialized as %s: what it returns are rows", m).
			WithHint("set materialized to table or incremental")
	case m == project.MaterializedIncremental && strategy == microbatch:
		return diag.New("python-materialization", model.Place, "a Python model cannot have the strategy microbatch").
			WithHint("filter by dbt.is_incremental and dbt.this, with the strategy append, delete+insert or merge")
	case t.Python == nil:
		return diag.New("no-python", model.Place, "nothing here runs Python models")
	}
	return nil
}

// pythonRows runs a Python model and returns its rows as a table can hold them.
func (t *Transformer) pythonRows(ctx context.Context, r Request) (array.RecordReader, lake.Schema, error) {
	job, err := t.job(ctx, r)
	if err != nil {
		return nil, lake.Schema{}, err
	}
	answer, err := t.Python.Run(ctx, job)
	if err != nil {
		return nil, lake.Schema{}, at(r.Model, err)
	}
	var told []engine.Column
	for _, c := range answer.Columns {
		told = append(told, engine.Column(c))
	}
	fitted, err := t.Writer.Fit(ctx, answer.Rows, told, func(found []engine.Column) ([]engine.Column, error) {
		return t.contracted(ctx, r, found)
	})
	if err != nil {
		return nil, lake.Schema{}, errors.Join(at(r.Model, err), answer.Close())
	}
	return &answered{fitted, answer}, fitted.Fields, nil
}

// job is the model as a Python process gets it.
func (t *Transformer) job(ctx context.Context, r Request) (pyprocess.Job, error) {
	inputs, text, err := t.inputs(ctx, r.Model, r.env())
	if err != nil {
		return pyprocess.Job{}, err
	}
	t.compiled.keep(r.Model.ID, text)
	seconds, err := settingsOf(r.Model).number("timeout", 0)
	if err != nil {
		return pyprocess.Job{}, err
	}
	config, err := t.Describer.Config(r.Model)
	if err != nil {
		return pyprocess.Job{}, fmt.Errorf("the settings of %s: %w", r.Model.Name, err)
	}
	meta, _ := config["meta"].(map[string]any)
	for key, v := range r.Model.Config.Raw { // a description leaves some out
		if _, has := config[key]; !has {
			config[key] = v
		}
	}
	job := pyprocess.Job{
		Name: r.Model.Relation.Name, File: r.Model.Path, Path: filepath.Join(t.Python.Dir, filepath.FromSlash(r.Model.Path)), Source: r.Model.SQL,
		Inputs: inputs, Config: config, Meta: meta, Incremental: r.Incremental(), Timeout: time.Duration(seconds) * time.Second,
	}
	if t.Print != nil {
		job.Say = func(line string) { t.Print(r.Model.Name + " | " + line) }
	}
	return job, nil
}

// inputs are what a Python model may read, and its text as it is compiled: what
// its author wrote, and what the names in it stand for.
func (t *Transformer) inputs(ctx context.Context, model *project.Resource, env Env) ([]pyprocess.Input, string, error) {
	var all ephemerals
	resolver := t.Project.Resolver(ctx, model, t.resolve(model, env, &all))
	var inputs []pyprocess.Input
	known := map[string]bool{}
	var problems diag.Problems
	add := func(in pyprocess.Input, rel relation.Relation, at diag.Place, err error) {
		if err != nil {
			problems.AddError("python", at, err)
			return
		}
		id := fmt.Sprintf("%s %q %q", in.Kind, in.Key, in.Version)
		if known[id] {
			return
		}
		known[id] = true
		in.Name, in.Database, in.Schema, in.Identifier = rel.Name(), rel.Database, rel.Schema, rel.Identifier
		if rel.CTE != "" {
			in.Identifier = rel.CTE
		}
		in.Read = t.reading(model, env, &all, rel.String(), in.Kind, at)
		inputs = append(inputs, in)
	}
	for _, ref := range model.Refs {
		key := []string{ref.Name}
		if ref.Package != "" {
			key = []string{ref.Package, ref.Name}
		}
		rel, err := resolver.Ref(ref.Package, ref.Name, ref.Version)
		add(pyprocess.Input{Kind: pyprocess.Ref, Key: key, Version: ref.Version}, rel, ref.Place, err)
	}
	for _, s := range model.Sources {
		rel, err := resolver.Source(s.Source, s.Table)
		add(pyprocess.Input{Kind: pyprocess.Source, Key: []string{s.Source, s.Table}}, rel, s.Place, err)
	}
	add(pyprocess.Input{Kind: pyprocess.This}, relation.New(model.Relation), model.Place, nil)
	return inputs, compiledPython(model.SQL, inputs), problems.Err()
}

// reading reads the rows of an input through the gate, those that --empty and
// --sample leave.
func (t *Transformer) reading(model *project.Resource, env Env, all *ephemerals, from string, kind pyprocess.Kind, place diag.Place) func(context.Context) (*pyprocess.Rows, error) {
	return func(ctx context.Context) (*pyprocess.Rows, error) {
		if kind == pyprocess.This {
			own, err := (&adapter{t: t, env: env}).table(ctx, relation.New(model.Relation))
			if own == nil || err != nil {
				return nil, err
			}
		}
		text := all.prepend("select * from " + from)
		st := gate.Statement{SQL: text.String(), Who: t.Who, Scope: env.Scope, Purpose: "model", Place: place}
		result, err := t.Gate.Query(ctx, st)
		if err != nil {
			return nil, err
		}
		types := make([]string, len(result.Columns))
		for i, c := range result.Columns {
			types[i] = c.Type
		}
		return &pyprocess.Rows{RecordReader: result, Types: types}, nil
	}
}

// compiledPython is a Python model's text, and below it what its names stand
// for.
func compiledPython(source string, inputs []pyprocess.Input) string {
	var b strings.Builder
	b.WriteString(strings.TrimRight(source, "\n"))
	b.WriteString("\n\n\n# What the names of dbt stand for:\n")
	for _, in := range inputs {
		call := "dbt." + string(in.Kind)
		if in.Kind != pyprocess.This {
			args := make([]string, len(in.Key))
			for i, k := range in.Key {
				args[i] = `"` + k + `"`
			}
			if in.Version != "" {
				args = append(args, "v="+in.Version)
			}
			call += "(" + strings.Join(args, ", ") + ")"
		}
		fmt.Fprintf(&b, "# %s: %s\n", call, in.Name)
	}
	return strings.TrimRight(b.String(), "\n")
}
