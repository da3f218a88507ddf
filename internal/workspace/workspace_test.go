//go:build duckdb_arrow

package workspace

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
	"github.com/tarn-lake/tarn/internal/write"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is a lake with a gate and a writer.
type shop struct {
	*scantest.Lake
	gate   *gate.Gate
	writer *write.Writer
}

func newShop(t testing.TB) *shop {
	t.Helper()
	l := scantest.New(t)
	open := func(o engine.Options) engine.Engine {
		o.Threads, o.MemoryLimit = 2, 512<<20
		e, err := duckdb.Open(t.Context(), o)
		must(t, err)
		t.Cleanup(func() { must(t, e.Close()) })
		return e
	}
	g, err := gate.New(gate.Options{Reader: open(engine.Options{Class: engine.Reader, AllowedDirs: []string{l.Dir}})})
	must(t, err)
	return &shop{Lake: l, gate: g, writer: write.New(l.Lake, open(engine.Options{Class: engine.Writer}))}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pinned is a scope over one state of the lake, with candidates on top.
type pinned struct {
	view    *lake.View
	overlay map[string]*lake.Table
}

func (s *shop) scope(t testing.TB) *pinned {
	t.Helper()
	v, err := s.Pin(t.Context())
	must(t, err)
	return &pinned{view: v, overlay: map[string]*lake.Table{}}
}

func (p *pinned) Table(ctx context.Context, name ident.Table) (*lake.Table, error) {
	if found := p.overlay[name.Key()]; found != nil {
		return found, nil
	}
	return p.view.Load(ctx, name)
}

func (p *pinned) System(context.Context, string, gate.Wanted) (*generated.Table, error) {
	return nil, nil
}

func (p *pinned) Names(context.Context) []ident.Table {
	var names []ident.Table
	for _, e := range p.view.Entries() {
		names = append(names, e.Name)
	}
	return names
}

func (p *pinned) Entries(context.Context) []lake.Entry {
	entries := slices.DeleteFunc(p.view.Entries(), func(e lake.Entry) bool { return p.overlay[e.Name.Key()] != nil })
	for _, t := range p.overlay {
		entries = append(entries, t.Entry())
	}
	return entries
}

func (p *pinned) Namespaces(context.Context) []string { return p.view.Namespaces() }

func (p *pinned) At() lake.At { return lake.At{} }

var somebody = policy.Who{Principal: identity.Principal{Kind: identity.Local, Name: "somebody"}}

// open starts a workspace over what is published.
func (s *shop) open(t testing.TB) *Workspace { return s.over(t, s.scope(t), "step") }

func (s *shop) over(t testing.TB, scope gate.Scope, step string) *Workspace {
	t.Helper()
	return New(Options{Lake: s.Lake.Lake, Writer: s.writer, Gate: s.gate, Scope: scope, Run: "run", Step: step, Summary: map[string]string{"tarn.run": "run"}})
}

func statement(sql string) gate.Statement {
	return gate.Statement{SQL: sql, Who: somebody, Purpose: "hook"}
}

// run runs a script and returns the rows of its last query, as text.
func (w *Workspace) run(t testing.TB, sql string) ([]string, int64, error) {
	t.Helper()
	result, n, err := w.Execute(t.Context(), statement(sql))
	if err != nil || result == nil {
		return nil, n, err
	}
	defer result.Release()
	rows := text(result)
	return rows, n, result.Err()
}

// do runs a script that must succeed.
func (w *Workspace) do(t testing.TB, sql string) []string {
	t.Helper()
	rows, _, err := w.run(t, sql)
	if err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
	return rows
}

func text(r array.RecordReader) []string {
	var rows []string
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			values := make([]string, b.NumCols())
			for c := range values {
				values[c] = b.Column(c).ValueStr(i)
			}
			rows = append(rows, strings.Clone(strings.Join(values, " | ")))
		}
	}
	return rows
}

// publish makes the changes of workspaces visible.
func (s *shop) publish(t testing.TB, all ...*Workspace) {
	t.Helper()
	var p lake.Publication
	for _, w := range all {
		c := w.Changes()
		p.Candidates, p.Drops = append(p.Candidates, c.Candidates...), append(p.Drops, c.Drops...)
		p.Namespaces, p.Gone = append(p.Namespaces, c.Namespaces...), append(p.Gone, c.Gone...)
	}
	must(t, s.Publish(t.Context(), p, nil))
	for _, w := range all {
		must(t, w.Close(t.Context()))
	}
}

// read queries what is published.
func (s *shop) read(t testing.TB, sql string) []string {
	t.Helper()
	st := statement(sql)
	st.Scope = s.scope(t)
	r, err := s.gate.Query(t.Context(), st)
	must(t, err)
	defer r.Release()
	rows := text(r)
	must(t, r.Err())
	return rows
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
