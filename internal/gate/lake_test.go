//go:build duckdb_arrow

package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is a gate before a small lake.
type shop struct {
	*scantest.Lake
	gate *Gate
}

// newShop makes tables: main.orders in 4 files by id, main.customers,
// retail.invoices, main.empty, views, and "odd.name".
func newShop(t testing.TB) *shop {
	t.Helper()
	l := scantest.New(t)
	for i := range 4 {
		l.Append(t, "orders", fmt.Sprintf(`SELECT range AS id, (range * 10)::DECIMAL(9,2) AS amount, CASE WHEN range %% 2 = 0 THEN 'EU' ELSE 'US' END AS region,
			DATE '2011-12-01' + (range // 10)::INT AS day, {'items': [range, range + 1]} AS detail FROM range(%d, %d)`, i*10, i*10+10))
	}
	l.Append(t, "customers", "SELECT range AS id, 'name ' || range AS name FROM range(5)")
	l.Append(t, "retail.invoices", "SELECT range AS id, range::INT AS quantity, TIMESTAMP '2011-12-01 08:00:00' + INTERVAL 1 HOUR * range AS at FROM range(24)")
	l.Append(t, "empty", "SELECT 1 AS id WHERE false")
	l.Append(t, `main.x.csv`, "SELECT 1 AS id")
	l.View(t, "big_orders", "SELECT id, amount FROM orders WHERE amount > 300 -- the big ones", "id", "amount")
	l.View(t, "with_view", "WITH orders AS (SELECT 7 AS id) SELECT o.id FROM orders o JOIN main.orders m ON o.id = m.id", "id")
	l.View(t, "nested_view", "SELECT count(*) AS n FROM big_orders", "n")
	l.View(t, "cycle_a", "SELECT * FROM cycle_b", "id")
	l.View(t, "cycle_b", "SELECT * FROM cycle_a", "id")
	l.View(t, "reads_file", "SELECT * FROM read_csv('/etc/passwd')", "id")
	l.View(t, "broken_view", "SELECT nothing FROM orders", "id")
	return &shop{Lake: l, gate: newGate(t, l.Dir)}
}

func newGate(t testing.TB, dirs ...string) *Gate {
	t.Helper()
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Reader, Threads: 2, MemoryLimit: 512 << 20, AllowedDirs: dirs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	g, err := New(Options{Reader: e})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// pinned is a scope over one state of the lake.
type pinned struct {
	view *lake.View
	at   lake.At
}

func (s *shop) scope(t testing.TB) pinned {
	t.Helper()
	v, err := s.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return pinned{view: v}
}

func (p pinned) Table(ctx context.Context, name ident.Table) (*lake.Table, error) {
	return p.view.Load(ctx, name)
}

func (p pinned) System(_ context.Context, name string, wanted Wanted) (*generated.Table, error) {
	switch name {
	case "loads":
		var rows [][]any
		for i, file := range []string{"a", "b", "c"} {
			if file != "c" || !wanted.Row("file", "x") { // c is there for who looks for it
				rows = append(rows, []any{i + 1, file})
			}
		}
		return &generated.Table{Columns: []generated.Column{{Name: "load", Kind: generated.Int}, {Name: "file"}}, Rows: generated.All(rows)}, nil
	case "broken":
		return nil, errors.New("no luck")
	case "breaking":
		return &generated.Table{Columns: []generated.Column{{Name: "n", Kind: generated.Long}}, Rows: func(yield func([]any, error) bool) {
			_ = yield([]any{1}, nil) && yield(nil, errors.New("no more luck"))
		}}, nil
	}
	return nil, nil
}

func (p pinned) Names(context.Context) []ident.Table {
	var names []ident.Table
	for _, e := range p.view.Entries() {
		names = append(names, e.Name)
	}
	return names
}

func (p pinned) Entries(context.Context) []lake.Entry { return p.view.Entries() }

func (p pinned) Namespaces(context.Context) []string { return p.view.Namespaces() }

func (p pinned) At() lake.At { return p.at }

var somebody = policy.Who{Principal: identity.Principal{Kind: identity.Local, Name: "somebody"}}

func (s *shop) statement(t testing.TB, sql string) Statement {
	return Statement{SQL: sql, Who: somebody, Scope: s.scope(t), Purpose: "query"}
}

// query returns the rows as text, values separated by " | ".
func (s *shop) query(t testing.TB, sql string) ([]string, error) {
	t.Helper()
	r, err := s.gate.Query(t.Context(), s.statement(t, sql))
	if err != nil {
		return nil, err
	}
	defer r.Release()
	return text(r), r.Err()
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

// summary is a plan with its relations told by their number of files.
func (s *shop) summary(t testing.TB, sql string) (string, error) {
	t.Helper()
	p, err := s.gate.pass(t.Context(), s.statement(t, sql))
	if err != nil {
		return "", err
	}
	defer p.close()
	if _, err := p.describe(t.Context()); err != nil {
		return "", err
	}
	out := p.template
	for i, r := range p.relations {
		what := "system"
		switch n := strings.Count(r, ".parquet'"); {
		case n > 0:
			what = fmt.Sprintf("%d files", n)
		case strings.HasSuffix(r, "WHERE false)"):
			what = "no files"
		}
		out = strings.ReplaceAll(out, "memory.main."+p.token(i), "<"+what+">")
	}
	return out, nil
}
