package write

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// Fitted are rows in the types that a table can hold. They must be released.
type Fitted struct {
	engine.Result
	// Fields is the columns, without field ids.
	Fields lake.Schema

	end func()
}

// Release ends the rows.
func (f *Fitted) Release() {
	f.Result.Release()
	f.end()
}

// Fit gives rows that come from elsewhere the types that a table can hold. told
// are the engine's names for their types, where those say more than Arrow does;
// nil is what Arrow says. choose judges the columns and returns those that are
// wanted. The rows stay the caller's to release.
func (w *Writer) Fit(ctx context.Context, rows array.RecordReader, told []engine.Column, choose func([]engine.Column) ([]engine.Column, error)) (_ *Fitted, err error) {
	s, err := w.engine.Session(ctx)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	release := func() {}
	end := func() {
		release()
		_ = s.Close() // always nil for a session that is idle
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	name, registered, err := s.Register(rows)
	if err != nil {
		return nil, err
	}
	release = registered
	if told == nil {
		if told, err = s.Describe(ctx, "SELECT * FROM "+name); err != nil {
			return nil, err
		}
	}
	if told, err = choose(told); err != nil {
		return nil, err
	}
	p, err := scan.Project(told)
	if err != nil {
		return nil, err
	}
	result, err := s.Query(ctx, "SELECT "+p.Select+" FROM "+name)
	if err != nil {
		return nil, err
	}
	return &Fitted{Result: result, Fields: p.Schema, end: end}, nil
}
