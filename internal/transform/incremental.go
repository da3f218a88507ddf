package transform

import (
	"context"
	"errors"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/write"
)

// The strategies of incremental models: how rows that come in meet those that
// the table has. dbt's default, without a strategy, is deleteInsert, which
// without a key appends.
const (
	appendRows      = "append"
	deleteInsert    = "delete+insert"
	mergeRows       = "merge"
	insertOverwrite = "insert_overwrite"
	microbatch      = "microbatch"
)

// incremental is the building of one incremental model whose table is there.
type incremental struct {
	*Transformer
	r          Request
	settings   settings
	strategy   string
	predicates []string // gated
	// gated takes an expression of the settings through the gate.
	gated func(ctx context.Context, expression string) (string, error)
	// deleteWhere says which rows the batches take the place of (microbatch).
	deleteWhere string
}

func (t *Transformer) increment(r Request, strategy string) *incremental {
	return &incremental{Transformer: t, r: r, settings: settingsOf(r.Model), strategy: strategy,
		gated: func(ctx context.Context, expression string) (string, error) { return t.expression(ctx, r, expression) }}
}

// Incremental reports whether a model adds to the table that it has, instead of
// making it anew.
func (r Request) Incremental() bool {
	return r.told() || r.addsOn() && r.there()
}

// there reports whether an incremental model has a table to add to.
func (r Request) there() bool {
	return r.Model.Config.Materialized == project.MaterializedIncremental && r.have() != nil && r.have().Kind() == lake.TableEntry
}

// told is what texts are told by is_incremental(): as in dbt, all batches of a
// full refresh are told no, though only the first of them makes the table anew.
func (r Request) told() bool {
	if !r.there() {
		return false
	}
	if full := r.Model.Config.FullRefresh; full != nil {
		return !*full
	}
	return !r.FullRefresh
}

// addsOn reports whether a model adds to what it has whatever flags say.
func (r Request) addsOn() bool { return r.Onto != nil || r.Increment }

// have is the state that a candidate goes on from.
func (r Request) have() *lake.Table {
	if r.Onto != nil {
		return r.Onto
	}
	return r.Base
}

// strategyOf returns the strategy of an incremental model.
func (t *Transformer) strategyOf(s settings) (string, error) {
	switch name := s.text("incremental_strategy"); name {
	case "", "default", deleteInsert, "delete_insert":
		return deleteInsert, nil
	case appendRows, mergeRows, insertOverwrite, microbatch:
		return name, nil
	default:
		if t.OwnStrategy(s.r) {
			return name, nil
		}
		return "", s.bad("the incremental strategy %q is not known", name).
			WithHint("known are append, delete+insert, merge, insert_overwrite and microbatch; others need a macro %s", strategyMacro(name))
	}
}

// incremental adds the rows of a model to its table.
func (t *Transformer) incremental(ctx context.Context, r Request) (*lake.Candidate, error) {
	s := settingsOf(r.Model)
	strategy, err := t.strategyOf(s)
	if err != nil {
		return nil, err
	}
	if strategy == microbatch {
		return t.batch(ctx, r)
	}
	if !r.Incremental() {
		return t.table(ctx, r)
	}
	in := t.increment(r, strategy)
	if in.predicates, err = in.gatedPredicates(ctx); err != nil {
		return nil, err
	}
	rows, schema, err := t.rows(ctx, r)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	return in.apply(ctx, rows, schema)
}

// apply makes the candidate of the table with rows that have the columns of
// schema.
func (in *incremental) apply(ctx context.Context, rows array.RecordReader, schema lake.Schema) (*lake.Candidate, error) {
	change, err := reconcile(in.settings, in.r.have().Schema(), schema)
	if err != nil {
		return nil, err
	}
	partition, err := partitions(in.r.Model)
	if err != nil {
		return nil, err
	}
	edit, err := in.edit(ctx, change, partition)
	if err != nil {
		return nil, err
	}
	request := in.r.write(lake.Append, in.r.wrap(rows), change.schema, partition)
	var candidate *lake.Candidate
	if edit.Plain() && change.insertsAll() {
		candidate, err = in.Writer.Write(ctx, request)
	} else {
		candidate, _, err = in.Writer.Edit(ctx, request, edit)
	}
	return candidate, written(in.r.Model, err)
}

// edit is what the rows do to the table.
func (in *incremental) edit(ctx context.Context, change schemaChange, partition []lake.PartitionField) (write.Edit, error) {
	e := write.Edit{Target: in.r.Model.Relation.Name, Source: sourceName, Insert: change.insert, Anew: change.anew}
	switch in.strategy {
	case deleteInsert:
		d, target, err := in.deletion(ctx)
		e.Delete = d
		if target != "" {
			e.Target = target
		}
		return e, errors.Join(err, change.checkMissing(in.settings))
	case mergeRows:
		e.Target, e.Source = mergeTarget, mergeSource
		m, err := in.merge(ctx, change)
		if err == nil {
			err = in.checkNew(m, change)
		}
		e.Merge = m
		return e, err
	case microbatch:
		e.Delete = &write.Delete{Where: in.deleteWhere}
	case insertOverwrite:
		e.Overlap = &write.Overlap{Fields: partition}
	}
	return e, change.checkMissing(in.settings)
}

// sourceName and those below are what dbt calls the rows that come in, and the
// table, in the conditions that people write.
const (
	sourceName   = "DBT_INCREMENTAL_SOURCE"
	deleteTarget = "DBT_INCREMENTAL_TARGET"
	mergeTarget  = "DBT_INTERNAL_DEST"
	mergeSource  = "DBT_INTERNAL_SOURCE"
)

// deletion says which rows leave before those of their keys come in. A key that
// was written as one text may be any expression; of a list all must agree.
func (in *incremental) deletion(ctx context.Context) (d *write.Delete, target string, err error) {
	keys, err := in.settings.texts("unique_key")
	if err != nil || len(keys) == 0 {
		return nil, "", err
	}
	if !in.settings.isList("unique_key") {
		key, err := in.gated(ctx, "("+keys[0]+")")
		return &write.Delete{Key: key, Where: all(in.predicates)}, "", err
	}
	match, err := in.agree(ctx, sourceName, deleteTarget, keys)
	if err != nil {
		return nil, "", err
	}
	return &write.Delete{Match: all(append([]string{match}, in.predicates...))}, deleteTarget, nil
}

// agree is the condition that keys are equal on both sides.
func (in *incremental) agree(ctx context.Context, a, b string, keys []string) (string, error) {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = "(" + a + "." + k + " = " + b + "." + k + ")"
	}
	return in.gated(ctx, strings.Join(list, " AND "))
}

// all is the condition that several hold; "" where there are none.
func all(conditions []string) string {
	list := make([]string, len(conditions))
	for i, c := range conditions {
		list[i] = "(" + c + ")"
	}
	return strings.Join(list, " AND ")
}

func (in *incremental) gatedPredicates(ctx context.Context) ([]string, error) {
	name := "predicates"
	if in.settings.raw[name] == nil {
		name = "incremental_predicates"
	}
	list, err := in.settings.texts(name)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, p := range list {
		if out[i], err = in.gated(ctx, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// expression takes an expression of a resource's settings through the gate.
func (t *Transformer) expression(ctx context.Context, r Request, expression string) (string, error) {
	return t.Gate.Expression(ctx, gate.Statement{
		SQL: expression, Who: t.Who, Scope: r.Scope, Purpose: "model", Place: r.Model.Place,
	})
}
