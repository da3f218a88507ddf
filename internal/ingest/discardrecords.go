package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/write"
)

// Discard asks for quarantined records to be thrown away: those that have the
// rule, the file and the line that are given.
type Discard struct {
	Rule, File string
	Line       int64
	// Reason is kept with who did it and when.
	Reason string
}

// where is the condition for the rows that are meant.
func (d *Discard) where() string {
	parts := []string{"true"}
	if d.Rule != "" {
		parts = append(parts, "len(list_filter(violations, lambda _tarn_v: _tarn_v.rule = "+ident.Literal(d.Rule)+")) > 0")
	}
	if d.File != "" {
		parts = append(parts, ident.Quote(FileColumn)+" = "+ident.Literal(d.File))
	}
	if d.Line != 0 {
		parts = append(parts, fmt.Sprintf("%s = %d", ident.Quote(LineColumn), d.Line))
	}
	return strings.Join(parts, " AND ")
}

// discard stages a quarantine without the records.
func (in *Ingester) discard(ctx context.Context, r Request) (*Load, error) {
	j := &job{in: in, request: r, def: r.Source.Ingest, table: r.Source.Relation, started: time.Now().UTC(), meta: true}
	load := &Load{Record: Record{Table: j.table}}
	if err := j.open(ctx); err != nil {
		return nil, err
	}
	if j.quarantineBase == nil {
		load.Notes = []string{j.table.String() + " was not loaded yet: nothing is in quarantine"}
		return load, nil
	}
	where := r.Discard.where()
	counts, err := in.countByFile(ctx, j.quarantineBase, where)
	if err != nil {
		return nil, err
	}
	var records int64
	for file, n := range counts {
		records += n
		if s, known := j.known[file]; known {
			s.rejected -= n
			load.files = append(load.files, s)
		}
	}
	if records == 0 {
		load.Notes = []string{"no such record is in the quarantine of " + j.table.String()}
		return load, nil
	}
	j.id = newLoadID(j.started)
	load.Resolution = &Resolution{
		ID: j.id, Table: j.table, Action: Discarded, Run: r.Run, Principal: r.Principal, Reason: r.Discard.Reason,
		Records: records, At: j.started,
	}
	st := &stages{j: j}
	load.drop = st.drop
	candidate, err := j.withoutRows(ctx, st, where)
	if err != nil {
		return nil, errors.Join(err, st.drop(context.WithoutCancel(ctx)))
	}
	load.Candidates = []*lake.Candidate{candidate}
	return load, nil
}

// withoutRows stages the quarantine without the rows that where means.
func (j *job) withoutRows(ctx context.Context, st *stages, where string) (*lake.Candidate, error) {
	stage, err := st.start(ctx, j.request.Source.Quarantine())
	if err != nil {
		return nil, err
	}
	return j.in.writer.Write(ctx, write.Request{
		Stage: stage, Base: j.quarantineBase, Op: lake.Overwrite, Remove: where, Schema: quarantineSchema,
		Summary: map[string]string{"tarn.run": j.request.Run},
	})
}

// countByFile counts rows of a quarantine.
func (in *Ingester) countByFile(ctx context.Context, t *lake.Table, where string) (map[string]int64, error) {
	counts := map[string]int64{}
	err := in.writer.Look(ctx, t, func(from string) string {
		return fmt.Sprintf("SELECT CAST(%s AS VARCHAR), count(*) FROM %s WHERE %s GROUP BY 1", ident.Quote(FileColumn), from, where)
	}, func(b arrow.RecordBatch) error {
		files, ok1 := b.Column(0).(*array.String)
		n, ok2 := b.Column(1).(*array.Int64)
		if !ok1 || !ok2 {
			return fmt.Errorf("the files of %s come as %v", t.Name(), b.Schema())
		}
		for i := range int(b.NumRows()) {
			counts[strings.Clone(files.Value(i))] = n.Value(i)
		}
		return nil
	})
	return counts, err
}
