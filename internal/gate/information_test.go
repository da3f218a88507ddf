//go:build duckdb_arrow

package gate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
)

// The tables of information_schema have the engine's own columns, and say of
// types what the engine says.
func TestInformationSchemaIsLikeTheEngines(t *testing.T) {
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	session, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	s := newShop(t)
	const columns = "a INTEGER, b BIGINT, c DECIMAL(9,2), d FLOAT, e DOUBLE, f VARCHAR, g BOOLEAN, h TIMESTAMP, i DATE, j INTEGER[], k STRUCT(x INTEGER, y VARCHAR)"
	if _, err := session.Exec(t.Context(), "CREATE TABLE kinds ("+columns+")"); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, c := range strings.SplitN(columns, ", k", 2)[:1] {
		for _, d := range strings.Split(c, ", ") {
			name, typ, _ := strings.Cut(d, " ")
			list = append(list, "NULL::"+typ+" AS "+name)
		}
	}
	s.Append(t, "kinds", "SELECT "+strings.Join(list, ", ")+", NULL::STRUCT(x INTEGER, y VARCHAR) AS k")
	for name := range informationTables {
		want, err := session.Describe(t.Context(), "FROM information_schema."+name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.gate.Plan(t.Context(), s.statement(t, "FROM information_schema."+name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, p.Columns); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	const query = "SELECT * EXCLUDE (table_catalog, data_type) FROM information_schema.columns WHERE table_name = 'kinds' ORDER BY ordinal_position"
	rows, err := session.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Release()
	got, err := s.query(t, query)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text(rows), got); diff != "" || len(got) != 11 {
		t.Error(diff)
	}
}
