package transform

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/scan"
)

// Batch is a range of event time, its end excluded.
type Batch struct {
	Start, End time.Time
}

// grain is the size of batches.
type grain string

// floor is the beginning of the batch that a time is in.
func (g grain) floor(t time.Time) time.Time {
	t = t.UTC()
	y, m, d := t.Date()
	switch g {
	case "hour":
		return time.Date(y, m, d, t.Hour(), 0, 0, 0, time.UTC)
	case "month":
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	case "year":
		return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
	default:
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
}

// move is the beginning of the batch n batches from that of t.
func (g grain) move(t time.Time, n int) time.Time {
	t = g.floor(t)
	switch g {
	case "hour":
		return t.Add(time.Duration(n) * time.Hour)
	case "month":
		return t.AddDate(0, n, 0)
	case "year":
		return t.AddDate(n, 0, 0)
	default:
		return t.AddDate(0, 0, n)
	}
}

// ceiling is the end of the batch that a time is in, or the time itself where it
// is the end of one.
func (g grain) ceiling(t time.Time) time.Time {
	if f := g.floor(t); !f.Equal(t) {
		return g.move(f, 1)
	}
	return t
}

// Batches returns the batches that a build of a microbatch model is made of:
// from the model's begin, or the batches before its end that lookback counts,
// unless the request says when events begin and end.
func Batches(r Request) ([]Batch, error) {
	s := settingsOf(r.Model)
	size := grain(s.text("batch_size"))
	switch size {
	case "hour", "day", "month", "year":
	default:
		return nil, s.bad("a microbatch model needs a batch_size").WithHint("set it to hour, day, month or year")
	}
	end := r.Events.End
	if end.IsZero() {
		end = r.Now
	}
	end = size.ceiling(end.UTC())
	start := size.floor(r.Events.Start)
	switch {
	case !r.Events.Start.IsZero():
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

// timeLayouts are the spellings of times in settings and flags.
var timeLayouts = []string{
	time.DateOnly, time.DateTime, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
	time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15",
}

// ParseTime reads a time as people write it in settings and flags; without a
// zone it is UTC.
func ParseTime(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), nil
	case string:
		for _, layout := range timeLayouts {
			if t, err := time.ParseInLocation(layout, v, time.UTC); err == nil {
				return t.UTC(), nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("%v is not a time", v)
}

// literal is a time as dbt writes it into SQL.
func literal(t time.Time) string { return "'" + t.UTC().Format("2006-01-02 15:04:05-07:00") + "'" }

// within is the condition that an event lies in a range.
func within(eventTime string, b Batch) string {
	switch {
	case b.Start.IsZero():
		return eventTime + " < " + literal(b.End)
	case b.End.IsZero():
		return eventTime + " >= " + literal(b.Start)
	default:
		return eventTime + " >= " + literal(b.Start) + " and " + eventTime + " < " + literal(b.End)
	}
}

// microbatch makes the rows of a model batch by batch; those of the table that
// lie in the batches go.
func (t *Transformer) microbatch(ctx context.Context, r Request) (*lake.Candidate, error) {
	s := settingsOf(r.Model)
	eventTime := s.text("event_time")
	switch {
	case eventTime == "":
		return nil, s.bad("a microbatch model needs an event_time").WithHint("name the column that says when an event happened")
	case s.raw["unique_key"] != nil:
		return nil, s.bad("a microbatch model has no unique_key: its rows are replaced batch by batch").
			WithHint("remove it, or set incremental_strategy to merge")
	}
	batches, err := Batches(r)
	if err != nil {
		return nil, err
	}
	in := &incremental{Transformer: t, r: r, settings: s, strategy: microbatch}
	stream := &batchStream{ctx: ctx, in: in, batches: batches, eventTime: eventTime}
	stream.refs.Store(1)
	if err := stream.open(); err != nil {
		return nil, err
	}
	defer stream.Release()
	if !r.Incremental() {
		return t.replace(ctx, r, stream, stream.found)
	}
	if in.predicates, err = in.gatedPredicates(ctx); err != nil {
		return nil, err
	}
	where, err := in.gated(ctx, within(eventTime, Batch{batches[0].Start, batches[len(batches)-1].End}))
	if err != nil {
		return nil, err
	}
	in.deleteWhere = all(append([]string{where}, in.predicates...))
	return in.apply(ctx, stream, stream.found)
}

// batchStream is the rows of all batches, one after the other.
type batchStream struct {
	ctx       context.Context //nolint:containedctx // a reader has no other way to be told
	in        *incremental
	batches   []Batch
	eventTime string
	// found are the columns of the rows.
	found lake.Schema

	next    int
	current array.RecordReader
	schema  *arrow.Schema
	refs    atomic.Int64
	err     error
}

var _ array.RecordReader = (*batchStream)(nil)

// open starts the next batch.
func (b *batchStream) open() error {
	batch, first := b.batches[b.next], b.next == 0
	b.next++
	r := b.in.r
	r.Batch = &batch
	statement, err := b.in.statement(b.ctx, r)
	if err != nil {
		return err
	}
	result, err := b.in.Gate.Select(b.ctx, statement, func(inner string, cols []engine.Column) (string, error) {
		cols, err := b.in.contracted(b.ctx, r, cols)
		if err != nil {
			return "", err
		}
		p, err := scan.Project(cols)
		if err != nil {
			return "", at(r.Model, err)
		}
		b.found = p.Schema
		sql := "SELECT " + p.Select + " FROM (" + inner + ")"
		// As in dbt, only the batch that creates the table may have more.
		if r.Incremental() || !first {
			sql += " WHERE " + within(b.eventTime, batch)
		}
		return sql, nil
	})
	if err != nil {
		return err
	}
	b.current, b.schema = result, result.Schema()
	return nil
}

// Next fetches the next batch of rows.
func (b *batchStream) Next() bool {
	for b.err == nil {
		if b.current.Next() {
			return true
		}
		if b.err = b.current.Err(); b.err != nil || b.next == len(b.batches) {
			return false
		}
		b.current.Release()
		b.current = nil
		if b.err = b.open(); b.err != nil {
			return false
		}
	}
	return false
}

// Err tells how the stream ended.
func (b *batchStream) Err() error { return b.err }

// Schema returns the columns in Arrow.
func (b *batchStream) Schema() *arrow.Schema { return b.schema }

// RecordBatch returns what Next fetched.
func (b *batchStream) RecordBatch() arrow.RecordBatch { return b.current.RecordBatch() }

// Record is the old name of RecordBatch.
func (b *batchStream) Record() arrow.RecordBatch { return b.current.RecordBatch() }

// Retain adds a reference.
func (b *batchStream) Retain() { b.refs.Add(1) }

// Release drops a reference; the last one ends what runs.
func (b *batchStream) Release() {
	if b.refs.Add(-1) == 0 && b.current != nil {
		b.current.Release()
		b.current = nil
	}
}

// eventFilter is the condition for the rows of a resource that lie in a batch,
// where it says when they happened; "" is all.
func eventFilter(r *project.Resource, b *Batch) string {
	eventTime := settingsOf(r).text("event_time")
	if b == nil || eventTime == "" {
		return ""
	}
	return within(eventTime, *b)
}
