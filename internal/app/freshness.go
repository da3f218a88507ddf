package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// FreshnessRequest says of which sources to look how fresh they are, and where
// the answer goes in place of sources.json in the target folder.
type FreshnessRequest struct {
	Selection
	Output string
	// Event hears of each source.
	Event func(*project.Resource, artifact.Freshness)
}

// Freshness looks how fresh the selected sources are that have criteria, and
// writes sources.json. What a source does not tell by loaded_at_query or
// loaded_at_field is when Tarn loaded it last. ok is false where one is too old
// or could not be asked.
func (a *App) Freshness(ctx context.Context, r FreshnessRequest) (ok bool, err error) {
	found, err := a.Select(ctx, r.Selection)
	if err != nil {
		return false, err
	}
	if _, err := a.open(ctx); err != nil {
		return false, err
	}
	var results []artifact.Freshness
	ok = true
	for _, source := range found {
		c, has := criteria(source)
		if !has {
			continue
		}
		one, err := a.freshness(ctx, source, c)
		if err != nil {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			one.Status, one.Error = artifact.StatusRuntime, err.Error()
		}
		ok = ok && one.Status != artifact.StatusRuntime && one.Status != artifact.StatusError
		results = append(results, one)
		r.Event(source, one)
	}
	if err := a.WriteManifest(); err != nil {
		return false, err
	}
	dir, err := a.Target()
	if err != nil {
		return false, err
	}
	name := artifact.SourcesFile
	if r.Output != "" {
		dir, name = filepath.Split(r.Output)
		if !filepath.IsAbs(r.Output) {
			dir = filepath.Join(a.options.Dir, dir)
		}
	}
	return ok, artifact.Write(dir, name, artifact.NewSources(a.invocation(), results, time.Since(a.started)))
}

// criteria are how fresh a source has to be; has is false where nobody says.
func criteria(r *project.Resource) (c artifact.Criteria, has bool) {
	if r.Kind != project.KindSource || r.Table == nil || r.Table.Freshness == nil {
		return c, false
	}
	f := r.Table.Freshness
	age := func(from project.Age) *artifact.Age {
		if from.Period == "" {
			return nil
		}
		has = true
		count := int64(from.Count)
		return &artifact.Age{Count: &count, Period: &from.Period}
	}
	c.WarnAfter, c.ErrorAfter = age(f.WarnAfter), age(f.ErrorAfter)
	if f.Filter != "" {
		c.Filter = &f.Filter
	}
	return c, has
}

// freshness asks one source.
func (a *App) freshness(ctx context.Context, r *project.Resource, c artifact.Criteria) (artifact.Freshness, error) {
	started := time.Now()
	out := artifact.Freshness{UniqueID: r.ID, Criteria: c, ThreadID: thread}
	newest, err := a.loadedAt(ctx, r, c)
	if err != nil {
		return out, err
	}
	now := time.Now()
	age := now.Sub(newest)
	out.MaxLoadedAt, out.SnapshottedAt, out.Age = artifact.Time(newest), artifact.Time(now), age.Seconds()
	out.Status, out.ExecutionTime, out.Timing = c.Judge(age), now.Sub(started).Seconds(), timing(started, now)
	return out, nil
}

func (a *App) loadedAt(ctx context.Context, r *project.Resource, c artifact.Criteria) (time.Time, error) {
	switch {
	case r.Table.LoadedAtQuery != "":
		query := *r
		query.SQL, query.Kind = r.Table.LoadedAtQuery, project.KindAnalysis
		sql, err := a.Compile(ctx, &query)
		if err != nil {
			return time.Time{}, err
		}
		return a.instant(ctx, sql, r)
	case r.Table.LoadedAtField != "":
		sql := "select max(" + r.Table.LoadedAtField + ") from " + ident.Quote(r.Relation.Namespace) + "." + ident.Quote(r.Relation.Name)
		if c.Filter != nil {
			sql += " where " + *c.Filter
		}
		return a.instant(ctx, sql, r)
	default:
		return a.loaded(ctx, r)
	}
}

// instant is the one point in time that a query of a source gives. A table
// without rows is as old as dbt has it: from the year 1.
func (a *App) instant(ctx context.Context, sql string, r *project.Resource) (time.Time, error) {
	rows, err := a.ask(ctx, QueryRequest{SQL: sql, Place: r.Place})
	if err != nil {
		return time.Time{}, err
	}
	defer rows.Release()
	for rows.Next() {
		b := rows.RecordBatch()
		if b.NumRows() == 0 || b.NumCols() == 0 {
			continue
		}
		if b.Column(0).IsNull(0) {
			break
		}
		switch v := b.Column(0).(type) {
		case *array.Timestamp:
			return v.Value(0).ToTime(v.DataType().(*arrow.TimestampType).Unit).UTC(), nil //nolint:forcetypeassert // a timestamp's
		case *array.Date32:
			return v.Value(0).ToTime().UTC(), nil
		default:
			return time.Time{}, diag.New("bad-freshness", r.Place, "what tells the age of %s is a %s, not a point in time", r.Relation, v.DataType()).
				WithHint("cast it: loaded_at_field: \"cast(loaded_at as timestamp)\"")
		}
	}
	return time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), rows.Err()
}

// loaded is when Tarn loaded a source last, with or without news in it, or else
// when its table was published.
func (a *App) loaded(ctx context.Context, r *project.Resource) (time.Time, error) {
	var newest time.Time
	records, err := ingest.Records(ctx, a.stores.catalog)
	if err != nil {
		return newest, err
	}
	for _, record := range records {
		if record.Table.Key() == r.Relation.Key() && record.Finished.After(newest) {
			newest = record.Finished
		}
	}
	if !newest.IsZero() {
		return newest, nil
	}
	view, err := a.stores.lake.Pin(ctx)
	if err != nil {
		return newest, err
	}
	t, err := view.Load(ctx, r.Relation)
	if errors.Is(err, lake.ErrNotFound) {
		return newest, diag.New("bad-freshness", r.Place, "%s is not in the lake, and says not when it was loaded", r.Relation).
			WithHint("load it with tarn build, or give it a loaded_at_field")
	}
	if err != nil {
		return newest, err
	}
	times, err := a.stores.lake.Published(ctx)
	if err != nil {
		return newest, fmt.Errorf("the age of %s: %w", r.Relation, err)
	}
	return publishedAt(t, times), nil
}
