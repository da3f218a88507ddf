package template

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// TestWordsAnswerAsDBTs compares with testdata/words.json: texts, and what
// dbt-core 1.11 with dbt-duckdb 1.11 makes of them, an error where it fails.
func TestWordsAnswerAsDBTs(t *testing.T) {
	raw, err := os.ReadFile("testdata/words.json")
	if err != nil {
		t.Fatal(err)
	}
	var corpus []struct{ Text, Want, Error string }
	if err := json.Unmarshal(raw, &corpus); err != nil {
		t.Fatal(err)
	}
	for _, c := range corpus {
		got, err := renderWith(c.Text, corpusWords())
		switch {
		case c.Error != "" && err == nil:
			t.Errorf("%s\n got %q\nwant %s", c.Text, got, c.Error)
		case c.Error == "" && (err != nil || got != c.Want):
			t.Errorf("%s\n got %q, %v\nwant %q", c.Text, got, err, c.Want)
		}
	}
}

// corpusWords are the values that the texts of the corpus use.
func corpusWords() map[string]any {
	orders := relation.Relation{Database: "tarn", Schema: "main", Identifier: "orders", Type: relation.TypeTable}
	view := relation.Relation{Database: "tarn", Schema: "main", Identifier: "v", Type: relation.TypeView}
	columns := python.NewList()
	for _, c := range []Column{
		{"id", "INTEGER"}, {"name", "VARCHAR"}, {"price", "DECIMAL(10,2)"}, {"at", "TIMESTAMP"}, {"x", "DOUBLE"},
		{"s", "STRUCT(a INTEGER, b STRUCT(c VARCHAR, d DECIMAL(4, 1)))"},
	} {
		columns.Items = append(columns.Items, relation.NewColumn(c.Name, c.Type))
	}
	return map[string]any{
		"orders": orders, "view": view, "bare": relation.Relation{Identifier: "t"}, "cte": relation.Ephemeral("a"), "columns": columns,
	}
}

// renderWith compiles a text with more words than dbt's.
func renderWith(text string, more map[string]any) (string, error) {
	c := shop()
	r := newRender(context.Background(), c)
	t, err := r.parse(text)
	if err != nil {
		return "", err
	}
	g := *r.globals()
	words := g.Lookup
	g.Lookup = func(name string) (any, bool) {
		if v, ok := more[name]; ok {
			return v, true
		}
		return words(name)
	}
	return t.RenderWith(&g)
}
