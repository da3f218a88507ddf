package ingest

import (
	"context"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
)

// Preview shows which rows of a raw table are duplicates by d, or where it is
// nil by the table's definition: at most limit sets, below 0 all. It changes
// nothing. The reader must be released.
func (in *Ingester) Preview(ctx context.Context, source *project.Resource, d *project.Deduplicate, limit int) (array.RecordReader, error) {
	def := *source.Ingest
	if d != nil {
		def.Deduplicate, def.PrimaryKey = d, nil
	}
	if def.Deduplicate == nil {
		return nil, diag.New("no-duplicates", def.Place, "%s does not say what duplicates are", source.Relation).
			WithHint("write deduplicate: {exact: [email]}, or try with --exact, or --fuzzy and --block-by")
	}
	t, err := in.lake.Find(ctx, source.Relation)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, diag.New("no-table", def.Place, "%s was not loaded yet", source.Relation).WithHint("tarn ingest loads it")
	}
	var problems diag.Problems
	columns := def.Deduplicate.Exact
	if z := def.Deduplicate.Fuzzy; z != nil {
		columns = append(append(append([]string(nil), columns...), z.Columns...), z.BlockBy...)
	}
	names := t.Schema().Names()
	for _, c := range columns {
		if hasColumnNamed(t.Schema(), c) {
			continue
		}
		p := problems.Errorf("unknown-column", def.Places["deduplicate"], "%s has no column %q", source.Relation, c)
		p.Hint = "its columns are " + strings.Join(names, ", ")
		if near := ident.Near(c, names); len(near) > 0 {
			p.Hint = "did you mean " + near[0] + "?"
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	j := &job{in: in, def: &def, meta: true}
	if !hasColumnNamed(t.Schema(), def.Cursor) {
		def.Cursor = ""
	}
	return in.writer.Preview(ctx, t, j.mode(""), limit)
}
