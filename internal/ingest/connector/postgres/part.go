package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

const (
	// A reader gets about so many parts, but none of fewer pages.
	partsPerReader = 4
	fewestPages    = 2048
)

// part is a piece of what is read.
type part struct {
	name, from, where string
	rows, bytes       int64
	// edge: the part has rows that may have been in the last load.
	edge bool
}

// makeParts divides what this load reads.
func (r *reading) makeParts(ctx context.Context) (err error) {
	if r.req.Cursor != "" {
		if err := r.checkCursor(); err != nil {
			return err
		}
		if r.before, err = database.ParseState(r.req.State, r.relation.name, r.req.Cursor, r.req.PrimaryKey); err != nil {
			return err
		}
		if r.before != nil {
			return r.newParts(ctx)
		}
	}
	split := r.settings.SplitBy
	if split == "" && len(r.relation.heaps) == 0 && r.settings.Query == "" && len(r.req.PrimaryKey) == 1 {
		split = r.req.PrimaryKey[0]
	}
	switch {
	case r.settings.Readers < 2:
		r.parts = []part{{from: r.relation.from, rows: r.relation.rows, bytes: -1}}
	case split != "":
		r.parts, err = r.rangeParts(ctx, split)
	case len(r.relation.heaps) > 0:
		r.parts = r.pageParts()
	default:
		r.parts = []part{{from: r.relation.from, rows: r.relation.rows, bytes: -1}}
	}
	r.nameParts()
	return err
}

func (r *reading) nameParts() {
	for i := range r.parts {
		r.parts[i].name = r.relation.name
		if len(r.parts) > 1 {
			r.parts[i].name = fmt.Sprintf("%s part %d", r.relation.name, i+1)
		}
	}
}

// pageParts divides tables by ranges of their pages. The last range of a table
// is open: pages that came later hold nothing that the view shows.
func (r *reading) pageParts() []part {
	var blocks int64
	for _, h := range r.relation.heaps {
		blocks += h.blocks
	}
	step := max(fewestPages, blocks/int64(partsPerReader*r.settings.Readers)+1)
	var parts []part
	for _, h := range r.relation.heaps {
		for low := int64(0); low == 0 || low < h.blocks; low += step {
			p := part{from: h.from, rows: -1, bytes: min(step, h.blocks-low) * h.bytes / max(1, h.blocks)}
			if r.relation.rows >= 0 && blocks > 0 {
				p.rows = r.relation.rows * min(step, h.blocks-low) / blocks
			}
			var limits []string
			if low > 0 {
				limits = append(limits, fmt.Sprintf("ctid >= '(%d,0)'::tid", low))
			}
			if low+step < h.blocks {
				limits = append(limits, fmt.Sprintf("ctid < '(%d,0)'::tid", low+step))
			}
			p.where = strings.Join(limits, " AND ")
			parts = append(parts, p)
		}
	}
	return parts
}

// rangeParts divides by ranges of an integer column; its NULLs are in the first
// part. A key of another type gives one part.
func (r *reading) rangeParts(ctx context.Context, name string) ([]part, error) {
	whole := []part{{from: r.relation.from, rows: r.relation.rows, bytes: -1}}
	c := r.columns[r.column(name)]
	if k := c.shape.kind; k != int2 && k != int4 && k != int8 && k != oid {
		if name == r.settings.SplitBy {
			return nil, diag.New("bad-option", r.req.Options["split_by"].Place, "split_by needs a column of whole numbers, and %q is none", name)
		}
		return whole, nil
	}
	quoted := ident.Quote(c.name)
	rows, err := r.server.query(ctx, fmt.Sprintf("SELECT min(%s), max(%s) FROM %s", quoted, quoted, r.relation.from))
	if err != nil {
		return nil, err
	}
	ranges := database.Split(rows[0][0], rows[0][1], partsPerReader*r.settings.Readers)
	if len(ranges) == 1 {
		return whole, nil
	}
	var parts []part
	for _, limits := range ranges {
		parts = append(parts, part{from: r.relation.from, where: limits.Where(quoted), rows: -1, bytes: -1})
	}
	return parts, nil
}
