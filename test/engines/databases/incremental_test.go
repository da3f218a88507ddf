//go:build engines

package databases

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	my "github.com/tarn-lake/tarn/internal/ingest/connector/mysql"
	pg "github.com/tarn-lake/tarn/internal/ingest/connector/postgres"
)

// engine is one of the two servers, as tests that are about both see it.
type engine struct {
	name   string
	source connector.Source
	url    string
	sql    func(t testing.TB, statements ...string) string
}

func engines(t *testing.T) []engine {
	p, m := startPostgres(t), startMariaDB(t)
	return []engine{
		{"postgres", pg.Source{}, p.URL("postgres"), func(t testing.TB, s ...string) string { return p.sql(t, "postgres", s...) }},
		{"mariadb", my.Source{}, m.URL("shop"), func(t testing.TB, s ...string) string { return m.sql(t, "shop", s...) }},
	}
}

func (e engine) request(pairs ...any) connector.SourceRequest {
	return connector.SourceRequest{Table: "orders", Request: connector.Request{Options: options(append([]any{"connection", e.url}, pairs...)...)}}
}

// ids are the ids that a load gave, sorted.
func ids(t testing.TB, l *loaded) string {
	if len(l.Rows) == 0 {
		return ""
	}
	got := l.column(t, "id")
	slices.Sort(got)
	return strings.Join(got, " ")
}

func TestLoadsGoOnByTheCursorAndMissNoTies(t *testing.T) {
	for _, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			e.sql(t, "CREATE TABLE orders (id int, at timestamp NULL, note varchar(20))",
				"INSERT INTO orders VALUES (1, '2026-01-01 00:00:00', 'a'), (2, '2026-01-02 00:00:00', 'b'), (3, '2026-01-02 00:00:00', NULL), (4, NULL, 'd')")
			req := e.request()
			req.Cursor = "at"
			next := func() string {
				l := load(t, e.source, req)
				if len(l.parts) > 0 {
					req.State = l.state
				}
				return ids(t, l)
			}
			if got := next(); got != "1 2 3 4" {
				t.Fatal("first:", got)
			}
			if l := load(t, e.source, req); len(l.parts) != 0 {
				t.Error("nothing is new, but there are parts:", l.parts, l.Rows)
			}
			// Ties that come later, one of them the same as a row that was there; a
			// row without a cursor; what is new; what is older stays out.
			e.sql(t, "INSERT INTO orders VALUES (5, '2026-01-02 00:00:00', 'e'), (2, '2026-01-02 00:00:00', 'b'), (6, NULL, 'f'), (7, '2026-01-03 00:00:00', 'g'), (8, '2026-01-01 12:00:00', 'late')")
			if got := next(); got != "2 5 6 7" {
				t.Error("second:", got)
			}
			e.sql(t, "INSERT INTO orders VALUES (9, '2026-01-03 00:00:00', 'i')")
			if got := next(); got != "9" {
				t.Error("third:", got)
			}
			if got := next(); got != "" {
				t.Error("nothing is new:", got)
			}
			e.sql(t, "DELETE FROM orders")
			e.sql(t, "INSERT INTO orders VALUES (10, '2026-01-05 00:00:00', 'j')")
			if got := next(); got != "10" {
				t.Error("after everything was deleted:", got)
			}
		})
	}
}

func TestALagFindsRowsThatWereCommittedLate(t *testing.T) {
	for _, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			e.sql(t, "CREATE TABLE orders (id int, at timestamp NULL)", "INSERT INTO orders VALUES (1, '2026-01-01 10:00:00'), (2, '2026-01-01 10:05:00')")
			req := e.request("cursor_lag", "10m")
			req.Cursor = "at"
			req.State = load(t, e.source, req).state
			e.sql(t, "INSERT INTO orders VALUES (3, '2026-01-01 10:04:59'), (4, '2026-01-01 09:50:00'), (5, '2026-01-01 10:06:00')")
			if got := ids(t, load(t, e.source, req)); got != "3 5" {
				t.Error("got", got)
			}
		})
		t.Run(e.name+" numbers", func(t *testing.T) {
			e.sql(t, "DROP TABLE orders", "CREATE TABLE orders (id bigint)", "INSERT INTO orders VALUES (9007199254740993), (9007199254740995)")
			req := e.request("cursor_lag", "2")
			req.Cursor = "id"
			req.State = load(t, e.source, req).state
			e.sql(t, "INSERT INTO orders VALUES (9007199254740992), (9007199254740994), (9007199254740996)")
			if got := ids(t, load(t, e.source, req)); got != "9007199254740994 9007199254740996" {
				t.Error("got", got)
			}
		})
	}
}

func TestPartsAreDisjointAndTogetherEverything(t *testing.T) {
	for _, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			series := "SELECT g, concat('row ', g) FROM generate_series(-50000, 50000) g WHERE g % 7 <> 0"
			if e.name == "mariadb" {
				series = "SELECT g, concat('row ', g) FROM (SELECT CAST(seq AS SIGNED) - 50000 AS g FROM seq_0_to_100000) s WHERE g % 7 <> 0"
			}
			e.sql(t, "CREATE TABLE orders (id int PRIMARY KEY, note varchar(4000))", "INSERT INTO orders "+series)
			for name, req := range map[string]connector.SourceRequest{
				"as it is": e.request(), "by the key": e.request("split_by", "id", "parallel", 3), "alone": e.request("parallel", 1),
				"a query": e.request("query", "SELECT * FROM orders", "split_by", "id"),
			} {
				l := load(t, e.source, req)
				got := l.column(t, "id")
				slices.Sort(got)
				if whole := len(got); whole != 85716 || len(slices.Compact(got)) != whole {
					t.Errorf("%s: %d rows in %d parts, %d different", name, whole, len(l.parts), len(slices.Compact(got)))
				}
				if alone := len(l.parts) == 1; name == "by the key" && alone || name == "alone" && !alone {
					t.Errorf("%s: %d parts", name, len(l.parts))
				}
			}
		})
	}
}

func TestAllReadersHaveOneView(t *testing.T) {
	for _, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			// Whatever is moved, all accounts together have the same.
			series := "SELECT g, 100 FROM generate_series(1, 100000) g"
			if e.name == "mariadb" {
				series = "SELECT seq, 100 FROM seq_1_to_100000"
			}
			e.sql(t, "CREATE TABLE orders (id int PRIMARY KEY, amount bigint)", "INSERT INTO orders "+series)
			stop, stopped := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stopped)
				for i := 1; ; i++ {
					select {
					case <-stop:
						return
					default:
						e.sql(t, "BEGIN", fmt.Sprintf("UPDATE orders SET amount = amount - 7 WHERE id = %d", i*7919%100000+1),
							fmt.Sprintf("UPDATE orders SET amount = amount + 7 WHERE id = %d", i*104729%100000+1), "COMMIT")
					}
				}
			}()
			for range 5 {
				l := load(t, e.source, e.request("split_by", "id", "parallel", 4))
				sum := 0
				for _, v := range l.column(t, "amount") {
					var n int
					fmt.Sscan(v, &n)
					sum += n
				}
				if sum != 100*100_000 || len(l.parts) < 4 {
					t.Errorf("%d parts see %d", len(l.parts), sum)
				}
			}
			close(stop)
			<-stopped
		})
	}
}

func TestKeysOfAllRowsAreRead(t *testing.T) {
	for _, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			e.sql(t, "CREATE TABLE orders (note varchar(10), region varchar(5), id int)", "INSERT INTO orders VALUES ('a', 'n', 1), ('b', 's', 1), ('c', 'n', 2)")
			req := e.request()
			req.PrimaryKey, req.Keys = []string{"id", "region"}, true
			reading, err := e.source.Open(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			defer reading.Close()
			var got connectortest.Collected
			if err := reading.ReadKeys(t.Context(), got.Sink()); err != nil {
				t.Fatal(err)
			}
			if text := fmt.Sprint(got.Columns, got.Rows); text != "[id region] [[1 n] [1 s] [2 n]]" {
				t.Error(text)
			}
		})
	}
}

func TestTheTablesTypesWidenAsTheSourcesDo(t *testing.T) {
	for _, e := range engines(t) {
		t.Run(e.name, func(t *testing.T) {
			e.sql(t, "CREATE TABLE orders (id bigint, price decimal(12,2), name varchar(10))", "INSERT INTO orders VALUES (1, 1.5, 'a'), (3000000000, 1234567890.12, 'b')")
			req := e.request()
			req.Existing = []connector.Column{
				{Name: "id", Type: connector.Type{Kind: connector.Int}}, {Name: "gone", Type: connector.Type{Kind: connector.Long}},
				{Name: "price", Type: connector.Type{Kind: connector.Decimal, Precision: 5, Scale: 2}}, {Name: "name", Type: connector.Type{Kind: connector.Date}},
			}
			l := load(t, e.source, req)
			if len(l.Rows) != 0 || len(l.Rejects) != 2 || l.Rejects[0].Violations[0].Column != "name" || len(l.Rejects[1].Violations) != 3 {
				t.Errorf("without leave to widen, and with texts where dates belong: %v %+v", l.Rows, l.Rejects)
			}
			req.Evolve = true
			req.Existing[3].Type = connector.Type{Kind: connector.String}
			l = load(t, e.source, req)
			if got := fmt.Sprint(l.layout.Columns[0].Type, l.layout.Columns[2].Type, l.Rows); got != "long decimal(12,2) [[1 NULL 1.5 a] [3000000000 NULL 1234567890.12 b]]" {
				t.Error(got)
			}
		})
	}
}
