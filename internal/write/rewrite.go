package write

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// StaysColumn tells, in the rows of a [Rewrite], whether the row is part of the
// table afterwards; false is a row that only goes.
const StaysColumn = "_tarn_stays"

// Rewrite says which rows of a table go and which come.
type Rewrite struct {
	// Rows are streams of rows with the columns of the request's schema and,
	// before them, [scan.PathColumn] and [scan.RowColumn], which name a row of
	// the table that goes (NULL is none), and [StaysColumn]. Of several rows that
	// name the same one the last counts, as it does in the engine.
	Rows []func(context.Context) (array.RecordReader, error)
}

// Rewritten counts rows: those that went for good, those that took the place of
// others, and those that are new.
type Rewritten struct {
	Deleted, Updated, Inserted int64
}

// Rewrite writes the data files of r.Onto, or of r.Base, again that have rows
// which go, and adds the rows that come. Nothing to do is no candidate.
func (w *Writer) Rewrite(ctx context.Context, r Request, e Rewrite) (*lake.Candidate, Rewritten, error) {
	s, err := w.engine.Session(ctx)
	if err != nil {
		return nil, Rewritten{}, fmt.Errorf("write %s: %w", r.Stage.Table(), err)
	}
	defer s.Close()
	have := r.Base
	if r.Onto != nil {
		have = r.Onto
	}
	x := &rewriting{s: s, e: e, have: have, c: combination{s: s, r: r, schema: w.lake.AssignIDs(have, r.Schema)}}
	x.c.r.Base = have
	done, err := x.collect(ctx)
	if err != nil {
		return nil, Rewritten{}, fmt.Errorf("write %s: %w", r.Stage.Table(), explain(r.Stage.Table(), err))
	}
	if done == (Rewritten{}) {
		return nil, done, nil
	}
	change, err := x.change(ctx, r)
	if err != nil {
		return nil, Rewritten{}, fmt.Errorf("write %s: %w", r.Stage.Table(), explain(r.Stage.Table(), err))
	}
	candidate, err := r.Stage.Build(ctx, change)
	if err != nil {
		return nil, Rewritten{}, explain(r.Stage.Table(), err)
	}
	return candidate, done, nil
}

type rewriting struct {
	s    engine.Session
	e    Rewrite
	have *lake.Table
	c    combination
}

// collect reads the streams: which rows go, and those that come.
func (x *rewriting) collect(ctx context.Context) (Rewritten, error) {
	var done Rewritten
	for i, open := range x.e.Rows {
		if err := x.take(ctx, open, i == 0); err != nil {
			return done, err
		}
	}
	if err := x.c.exec(ctx, "CREATE TEMP TABLE %s AS SELECT DISTINCT %s, %s FROM %s WHERE %[2]s IS NOT NULL", gone, scan.PathColumn, scan.RowColumn, came); err != nil {
		return done, err
	}
	went, err := x.c.count(ctx, "SELECT count(*) FROM %s", gone)
	if err != nil {
		return done, err
	}
	named, err := x.c.count(ctx, "SELECT count(*) FROM %s WHERE %s IS NOT NULL", came, scan.PathColumn)
	if err != nil {
		return done, err
	}
	if named > went {
		if err := x.c.exec(ctx, `DELETE FROM %s WHERE rowid NOT IN (SELECT max(rowid) FROM %[1]s WHERE %s IS NOT NULL GROUP BY %[2]s, %s) AND %[2]s IS NOT NULL`,
			came, scan.PathColumn, scan.RowColumn); err != nil {
			return done, err
		}
	}
	if done.Updated, err = x.c.count(ctx, "SELECT count(*) FROM %s WHERE %s AND %s IS NOT NULL", came, StaysColumn, scan.PathColumn); err != nil {
		return done, err
	}
	done.Deleted = went - done.Updated
	done.Inserted, err = x.c.count(ctx, "SELECT count(*) FROM %s WHERE %s AND %s IS NULL", came, StaysColumn, scan.PathColumn)
	return done, err
}

// take adds the rows of one stream.
func (x *rewriting) take(ctx context.Context, open func(context.Context) (array.RecordReader, error), first bool) error {
	rows, err := open(ctx)
	if err != nil {
		return err
	}
	defer rows.Release()
	name, release, err := x.s.Register(rows)
	if err != nil {
		return err
	}
	defer release()
	if first {
		return x.c.exec(ctx, "CREATE TEMP TABLE "+came+" AS "+selectAll(name))
	}
	return x.c.exec(ctx, "INSERT INTO "+came+" "+selectAll(name))
}

// change writes the files.
func (x *rewriting) change(ctx context.Context, r Request) (lake.Change, error) {
	change, err := r.change(lake.Overwrite, x.c.schema)
	if err != nil {
		return change, err
	}
	files, err := x.have.Files(ctx, lake.At{}, nil)
	if err != nil {
		return change, err
	}
	x.c.files = files
	kept, removed, err := x.c.kept(ctx)
	if err != nil {
		return change, err
	}
	query := "SELECT " + x.c.list("", nil) + " FROM " + came + " WHERE " + StaysColumn
	if kept != "" {
		query += "\nUNION ALL\n" + kept
		change.Remove = removed
	} else {
		change.Op = lake.Append
	}
	change.Files, err = copyOut(ctx, x.s, query, x.c.schema, r)
	return change, err
}
