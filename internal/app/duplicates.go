package app

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/project"
)

// DuplicatesRequest asks which rows of a raw table are the same thing twice.
type DuplicatesRequest struct {
	Table string
	// Rules are tried in the place of the table's own; nil takes those.
	Rules *project.Deduplicate
	// Limit is the most sets that are wanted; below 0 is all.
	Limit int
}

// Duplicates shows the sets of rows that are duplicates. It changes nothing. The
// reader must be released.
func (a *App) Duplicates(ctx context.Context, r DuplicatesRequest) (array.RecordReader, error) {
	parts, err := a.parts(ctx)
	if err != nil {
		return nil, err
	}
	source, err := a.ingested(r.Table)
	if err != nil {
		return nil, err
	}
	return parts.ingester.Preview(ctx, source, r.Rules, r.Limit)
}
