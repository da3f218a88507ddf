package write

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// Look runs a query over a table as it is and hands on the batches of its
// result, which stream. The query is made from what stands after FROM.
func (w *Writer) Look(ctx context.Context, t *lake.Table, query func(from string) string, f func(arrow.RecordBatch) error) error {
	rel, err := scan.Plan(ctx, t, lake.At{}, nil)
	if err != nil {
		return err
	}
	s, err := w.engine.Session(ctx)
	if err != nil {
		return fmt.Errorf("look at %s: %w", t.Name(), err)
	}
	defer s.Close()
	rows, err := s.Query(ctx, query(rel.SQL))
	if err != nil {
		return fmt.Errorf("look at %s: %w", t.Name(), err)
	}
	defer rows.Release()
	for rows.Next() {
		if err := f(rows.RecordBatch()); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("look at %s: %w", t.Name(), err)
	}
	return nil
}
