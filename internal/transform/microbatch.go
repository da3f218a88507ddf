package transform

import (
	"context"
	"slices"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/template/pymodule"
)

// InBatches reports whether a model is made batch by batch: each has a request
// of its own, with [Request.Batch].
func InBatches(r *project.Resource) bool {
	return r.Kind == project.KindModel && r.Config.Materialized == project.MaterializedIncremental &&
		settingsOf(r).text("incremental_strategy") == microbatch
}

// Batches returns the batches that a build of a microbatch model is made of:
// from the model's begin, or the batches before its end that lookback counts,
// unless the request says when events begin and end.
func Batches(r Request) ([]Batch, error) {
	s := settingsOf(r.Model)
	size := grain(s.text("batch_size"))
	if !slices.Contains(Grains, string(size)) {
		return nil, s.bad("a microbatch model needs a batch_size").WithHint("set it to hour, day, month or year")
	}
	events := r.Events
	if sample := r.Sample; sample != nil {
		events = *sample
	}
	end := events.End
	if end.IsZero() {
		end = r.Now
	}
	end = size.ceiling(end.UTC())
	start := size.floor(events.Start)
	switch {
	case !events.Start.IsZero():
	case r.Incremental():
		lookback, err := s.number("lookback", 1)
		if err != nil {
			return nil, err
		}
		// The end is that of a batch: this one is looked at in any case.
		start = size.move(end, -lookback-1)
	default:
		begin, err := ParseTime(s.raw["begin"])
		if err != nil {
			return nil, s.bad("a microbatch model needs a begin: %v", err).WithHint("set begin to the day of the first events, such as 2024-01-01")
		}
		start = size.floor(begin)
	}
	batches := []Batch{{start, size.move(start, 1)}}
	for batches[len(batches)-1].End.Before(end) {
		last := batches[len(batches)-1].End
		batches = append(batches, Batch{last, size.move(last, 1)})
	}
	batches[len(batches)-1].End = end
	return batches, nil
}

// batch makes one batch: the rows of the table that lie in it go. As in dbt the
// batch that creates the table may hold rows of other times, and no other may.
func (t *Transformer) batch(ctx context.Context, r Request) (*lake.Candidate, error) {
	s := settingsOf(r.Model)
	eventTime := s.text("event_time")
	switch {
	case eventTime == "":
		return nil, s.bad("a microbatch model needs an event_time").WithHint("name the column that says when an event happened")
	case s.raw["unique_key"] != nil:
		return nil, s.bad("a microbatch model has no unique_key: its rows are replaced batch by batch").
			WithHint("remove it, or set incremental_strategy to merge")
	}
	rows, schema, err := t.batchRows(ctx, r, within(eventTime, *r.Batch))
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	if !r.Incremental() {
		return t.replace(ctx, r, rows, schema)
	}
	in := t.increment(r, microbatch)
	if in.predicates, err = in.gatedPredicates(ctx); err != nil {
		return nil, err
	}
	where, err := in.gated(ctx, within(eventTime, *r.Batch))
	if err != nil {
		return nil, err
	}
	in.deleteWhere = all(append([]string{where}, in.predicates...))
	return in.apply(ctx, rows, schema)
}

// batchRows runs the model for one batch.
func (t *Transformer) batchRows(ctx context.Context, r Request, within string) (*gate.Result, lake.Schema, error) {
	var schema lake.Schema
	statement, err := t.statement(ctx, r)
	if err != nil {
		return nil, schema, err
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
		sql := "SELECT " + p.Select + " FROM (" + inner + ")"
		if r.Incremental() {
			sql += " WHERE " + within
		}
		return sql, nil
	})
	return result, schema, err
}

// Label names a batch of a model for people.
func (b Batch) Label(model *project.Resource) string {
	return grain(settingsOf(model).text("batch_size")).label(b.Start)
}

// batchField is dbt's model.batch.
func batchField(model *project.Resource, b Batch) artifact.Field {
	id := grain(settingsOf(model).text("batch_size")).id(b.Start)
	return artifact.Field{Key: "batch", Value: artifact.Fields{
		{Key: "id", Value: id}, {Key: "event_time_start", Value: pymodule.NewInstant(b.Start)}, {Key: "event_time_end", Value: pymodule.NewInstant(b.End)},
	}}
}
