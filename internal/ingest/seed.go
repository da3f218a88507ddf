package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
	"github.com/tarn-lake/tarn/internal/project"
)

// Seed reads a seed, a small CSV file of the project, and stages it as a whole.
// Its rows carry no columns of ours, and one that does not fit fails the seed.
func (in *Ingester) Seed(ctx context.Context, r Request) (*Load, error) {
	def := &project.Ingest{
		From: "file", Paths: []string{r.Source.Path}, Columns: map[string]string{}, Place: r.Source.Place,
		Contract: project.Contract{Rows: "fail"},
	}
	delimiter := ","
	if d, ok := r.Source.Config.Raw["delimiter"].(string); ok {
		delimiter = d
	}
	// As under dbt, where the empty text is NULL, in quotes or not.
	def.Options = map[string]project.Option{"delimiter": {Value: delimiter, Place: r.Source.Place}, "quoted_null": {Value: true, Place: r.Source.Place}}
	file, err := in.finder.File(r.Source.Path, diag.Place{})
	if err != nil {
		return nil, err
	}
	if err := declareSeedTypes(ctx, def, r.Source, file, delimiter); err != nil {
		return nil, err
	}
	format, err := in.format(def)
	if err != nil {
		return nil, err
	}
	j := &job{in: in, request: r, format: format, def: def, table: r.Source.Relation, started: time.Now().UTC(), clear: true}
	if j.base, err = in.lake.Find(ctx, j.table); err != nil {
		return nil, err
	}
	load, err := j.untilItFits(ctx, []locate.File{file})
	if err != nil {
		return nil, fmt.Errorf("seed %s: %w", r.Source.Name, err)
	}
	// A seed is read whole each time: it has no ledger and no account.
	return &Load{Candidates: load.Candidates, Record: Record{Table: j.table, Written: load.Record.Written}, drop: load.drop}, nil
}

// declareSeedTypes gives each column the type that column_types says, or else
// the one that dbt would find out.
func declareSeedTypes(ctx context.Context, def *project.Ingest, r *project.Resource, file locate.File, delimiter string) (err error) {
	said := map[string]bool{}
	if types, ok := r.Config.Raw["column_types"].(map[string]any); ok {
		for column, t := range types {
			def.Columns[column] = fmt.Sprint(t)
			said[ident.Fold(column)] = true
		}
	}
	f, err := file.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	comma, _ := utf8.DecodeRuneInString(delimiter)
	found, err := seedTypes(f, comma)
	if err != nil {
		return fmt.Errorf("seed %s: %w", r.Name, err)
	}
	for column, t := range found {
		if !said[ident.Fold(column)] {
			def.Columns[column] = t
		}
	}
	return nil
}
