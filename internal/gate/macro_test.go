//go:build duckdb_arrow

package gate

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// nothing resolves no names: the macros under test read none.
type nothing struct{}

func (nothing) Ref(string, string, any) (relation.Relation, error) { return relation.Relation{}, nil }
func (nothing) Source(string, string) (relation.Relation, error)   { return relation.Relation{}, nil }

// What dbt's macros write passes the gate, and gives the values that dbt-duckdb
// gives: testdata/macros.py made testdata/macros.json with it.
func TestMacrosGiveWhatDBTGives(t *testing.T) {
	content, err := os.ReadFile("testdata/macros.json")
	if err != nil {
		t.Fatal(err)
	}
	var entries []struct {
		Expression string
		Value      *string
	}
	if err := json.Unmarshal(content, &entries); err != nil {
		t.Fatal(err)
	}
	s := newShop(t)
	for _, e := range entries {
		c := template.Context{Package: "shop", File: "a.sql", Library: template.NewLibrary("shop", nil, nil)}
		sql, err := template.Compile(context.Background(), "select ("+e.Expression+")::varchar as v", c, nothing{})
		if err != nil {
			t.Errorf("%s: %v", e.Expression, err)
			continue
		}
		got, err := s.query(t, sql)
		want := "NULL"
		if e.Value != nil {
			want = *e.Value
		}
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s\n got %q, %v\nwant %q", e.Expression, got, err, want)
		}
	}
	t.Logf("%d expressions", len(entries))
}
