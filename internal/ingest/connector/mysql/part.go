package mysql

import (
	"context"
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// partsPerReader is how many parts a reader gets, about, so that all have work
// until the end where keys are not spread evenly.
const partsPerReader = 8

// part is a piece of what is read.
type part struct {
	name, where string
	rows        int64
	// edge: the part has rows that may have been in the last load.
	edge bool
}

// makeParts divides what this load reads; by the ranges of split, if it is not
// "".
func (r *reading) makeParts(ctx context.Context, split string) error {
	whole := part{name: r.relation.name, rows: r.relation.rows}
	switch {
	case r.before != nil:
		return r.newParts(ctx)
	case split == "" || r.settings.Readers < 2:
		r.parts = []part{whole}
		return nil
	}
	c := r.columns[r.column(split)]
	if !c.isInteger() {
		return diag.New("bad-option", r.req.Options["split_by"].Place, "split_by needs a column of whole numbers, and %q is none", c.name)
	}
	quoted := quote(c.name)
	rows, err := query(ctx, r.server.main, fmt.Sprintf("SELECT MIN(%s), MAX(%s) FROM %s", quoted, quoted, r.relation.from))
	if err != nil {
		return err
	}
	ranges := database.Split(rows[0][0], rows[0][1], partsPerReader*r.settings.Readers)
	for i, limits := range ranges {
		p := part{name: r.relation.name, rows: whole.rows / int64(len(ranges))}
		if len(ranges) > 1 {
			p.name = fmt.Sprintf("%s part %d", r.relation.name, i+1)
			p.where = limits.Where(quoted)
		}
		r.parts = append(r.parts, p)
	}
	return nil
}
