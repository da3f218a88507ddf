package app

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// QueryRequest is a statement of a person.
type QueryRequest struct {
	SQL string
	// Place is where the SQL was written; zero on the command line.
	Place diag.Place
	// Run looks at what that run made, also where it is held.
	Run string
	// AsOf looks at the tables as they were: a time, or a snapshot's id.
	AsOf string

	decided *gate.Decisions // takes note of what policies decide; nil takes none
}

// ask runs a SELECT of a program's through the gate, which goes on no record.
// The reader must be released.
func (a *App) ask(ctx context.Context, r QueryRequest) (*gate.Result, error) {
	scope, err := a.scope(ctx, r.Run, r.AsOf)
	if err != nil {
		return nil, err
	}
	g, err := a.query(ctx)
	if err != nil {
		return nil, err
	}
	return g.Query(ctx, gate.Statement{SQL: r.SQL, Who: a.owner(), Place: r.Place, Scope: scope, Purpose: "query", Decisions: r.decided})
}

// inline is a text that was given in place of a resource.
func (a *App) inline(text string) (*project.Resource, error) {
	p, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	return &project.Resource{
		ID: "sql_operation." + p.Name + ".inline_query", Kind: project.KindAnalysis, Name: "inline_query", Package: p.Name,
		Path: "--inline", Place: diag.Place{File: "--inline", Line: 1, Column: 1}, SQL: text,
	}, nil
}

// CompileText compiles a text that is no resource.
func (a *App) CompileText(ctx context.Context, text string) (string, error) {
	r, err := a.inline(text)
	if err != nil {
		return "", err
	}
	return a.Compile(ctx, r)
}

// ShowText is [App.Show] for a text that is no resource.
func (a *App) ShowText(ctx context.Context, text string, limit int) (array.RecordReader, error) {
	r, err := a.inline(text)
	if err != nil {
		return nil, err
	}
	return a.Show(ctx, r, limit)
}

// Show runs a model's query as it is written, on what is published. Of a seed
// and a snapshot it is the table.
func (a *App) Show(ctx context.Context, r *project.Resource, limit int) (array.RecordReader, error) {
	if r.Language == project.LanguagePython {
		return nil, diag.New("python-model", r.Place, "`%s` is a Python model, which runs only to be built: there is no query of it to show", r.Name).
			WithHint("tarn query 'select * from %s' shows what was published of it", r.Relation)
	}
	sql, err := "select * from "+ident.Quote(r.Relation.Namespace)+"."+ident.Quote(r.Relation.Name), error(nil)
	if r.Kind != project.KindSeed && r.Kind != project.KindSnapshot {
		sql, err = a.Compile(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	if limit >= 0 {
		sql = fmt.Sprintf("select * from (%s\n) limit %d", sql, limit)
	}
	return a.Query(ctx, QueryRequest{SQL: sql, Place: diag.Place{File: r.Path, Line: 1, Column: 1}})
}

// scope is what names mean: the catalog as it is now, or was, with what a run
// made over it.
func (a *App) scope(ctx context.Context, runID, asOf string) (*build.Scope, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	at, err := parseAsOf(asOf)
	if err != nil {
		return nil, err
	}
	scope := &build.Scope{SystemTables: &systemTables{app: a}}
	if at.Time.IsZero() {
		scope.AsOf = at
		scope.View, err = s.lake.Pin(ctx)
	} else {
		// A time means what readers saw then, of all tables at once.
		scope.View, err = s.lake.PinAt(ctx, at.Time)
	}
	if err != nil {
		return nil, err
	}
	if runID == "" {
		return scope, nil
	}
	if err := known(ctx, s.journal, runID); err != nil {
		return nil, err
	}
	candidates, err := s.lake.Candidates(ctx, runID)
	if err != nil {
		return nil, err
	}
	for _, c := range candidates {
		t, err := s.lake.LoadAt(ctx, c.Name, c.Kind, c.Location)
		if err != nil {
			return nil, err
		}
		scope.Put(t)
	}
	return scope, nil
}

// timeForms are the ways to write --as-of.
var timeForms = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", time.DateOnly,
}

// wholeSecond matches a time that is told to the second: it means the second to
// its end, so that the times which tarn shows find what was published in them.
var wholeSecond = regexp.MustCompile(`\d:\d\d:\d\d([^.\d]|$)`)

func parseAsOf(s string) (lake.At, error) {
	if s == "" {
		return lake.At{}, nil
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, s); err == nil {
			if wholeSecond.MatchString(s) {
				t = t.Add(time.Second - time.Microsecond)
			}
			return lake.At{Time: t.UTC()}, nil
		}
	}
	if id, err := strconv.ParseInt(s, 10, 64); err == nil {
		return lake.At{SnapshotID: id}, nil
	}
	return lake.At{}, diag.New("bad-flag", diag.Place{}, "--as-of %q is neither a time nor a snapshot", s).
		WithHint("write 2026-01-31, 2026-01-31 12:00:00 (UTC) or a snapshot id that tarn history shows")
}
