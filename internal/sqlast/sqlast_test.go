package sqlast

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// canned is a parser of texts that are trees already.
type canned struct{}

func (canned) Parse(_ context.Context, sql string) (string, error)            { return sql, nil }
func (canned) Deparse(_ context.Context, tree string) (string, string, error) { return tree, tree, nil }

func parse(t *testing.T, tree string) *Tree {
	t.Helper()
	out, err := Parse(t.Context(), canned{}, tree)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNumbersComeOutAsTheyWentIn(t *testing.T) {
	in := `{"error":false,"statements":[{"node":{"text":"<ä&\u0000>","value":18446744073709551615,"x":1e400,"y":0.10}}]}`
	out, _, err := parse(t, in).Deparse(t.Context(), canned{})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(out); got != in {
		t.Errorf("%s\nbecame\n%s", in, got)
	}
}

func TestParserErrorsHaveAKindAndAPlace(t *testing.T) {
	_, err := Parse(t.Context(), canned{}, `{"error":true,"error_type":"not implemented","error_message":"Only SELECT statements can be serialized to json!"}`)
	if !errors.Is(err, ErrNotSelect) {
		t.Errorf("got %v", err)
	}
	_, err = Parse(t.Context(), canned{}, `{"error":true,"error_type":"parser","error_message":"ä","position":"3"}`)
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset != 3 || syntax.Message != "ä" {
		t.Errorf("got %#v", err)
	}
	for _, broken := range []string{"", "[]", "{", "{}", `{"statements":1}`} {
		if _, err := Parse(t.Context(), canned{}, broken); err == nil {
			t.Errorf("%q was accepted", broken)
		}
	}
}

func TestUnknownNodesAreRefused(t *testing.T) {
	for _, node := range []string{
		`{"type":"DELIM_GET"}`, `{"type":"COLUMN_DATA_REF"}`, `{"type":"BOUND_TABLE_REF"}`, `{"type":"SOMETHING_NEW"}`,
		`{"class":"BOUND_SUBQUERY","type":"X"}`, `{"class":"DEFAULT","type":"VALUE_DEFAULT"}`, `{"class":"NEW","type":"FUNCTION"}`,
		`{"type":"RECURSIVE_CTE_NODE"}`, `{"type":"TABLE_FUNCTION","function":{"class":"COLUMN_REF","type":"COLUMN_REF"}}`,
	} {
		tree := parse(t, `{"statements":[{"node":{"type":"SELECT_NODE","from_table":`+node+`}}]}`)
		var unsupported *UnsupportedError
		if err := Rewrite(tree.Query(0), Visitor{}); !errors.As(err, &unsupported) {
			t.Errorf("%s: %v", node, err)
		}
	}
}

func TestHead(t *testing.T) {
	for sql, want := range map[string]string{
		"insert into t values (1)":                              "INSERT",
		"  -- SELECT\n /* x */ (copy t to 'x')":                 "COPY",
		"WITH a AS (SELECT 1), b(x) AS (TABLE t) DELETE FROM t": "DELETE",
		"with \"select\" as (select ')') update t set a = 1":    "UPDATE",
		"WITH a AS (SELECT 1":                                   "WITH",
		"'text'":                                                "",
		"42":                                                    "",
		"":                                                      "",
		"/* never ends":                                         "",
		"'never ends":                                           "",
		"explain select 1":                                      "EXPLAIN",
	} {
		if got := Head(sql); got != want {
			t.Errorf("Head(%q) = %q, want %q", sql, got, want)
		}
	}
}

func FuzzHead(f *testing.F) {
	f.Add("WITH a AS (SELECT '--') /* */ SELECT")
	f.Fuzz(func(_ *testing.T, sql string) { Head(sql) })
}

func TestPositionCountsCharacters(t *testing.T) {
	sql := "SELECT 'ä',\n  föö, x"
	for at, want := range map[string][2]int{"SELECT": {1, 1}, ",\n": {1, 11}, "föö": {2, 3}, "x": {2, 8}} {
		if line, column := Position(sql, strings.Index(sql, at)); [2]int{line, column} != want {
			t.Errorf("%q is at %d:%d, want %v", at, line, column, want)
		}
	}
	if line, column := Position(sql, 1000); line != 2 || column != 9 {
		t.Errorf("beyond the end: %d:%d", line, column)
	}
}

func TestLiteral(t *testing.T) {
	for _, c := range []struct{ node, typ, text string }{
		{`{"class":"CONSTANT","value":{"type":{"id":"INTEGER","type_info":null},"is_null":false,"value":-5}}`, "INTEGER", "-5"},
		{`{"class":"CONSTANT","value":{"type":{"id":"VARCHAR","type_info":null},"is_null":false,"value":"x"}}`, "VARCHAR", "x"},
		{`{"class":"CAST","child":{"class":"CONSTANT","value":{"type":{"id":"VARCHAR","type_info":null},"is_null":false,"value":"2020-01-01"}},"cast_type":{"id":"DATE","type_info":null}}`, "DATE", "2020-01-01"},
		{`{"class":"CONSTANT","value":{"type":{"id":"BOOLEAN","type_info":null},"is_null":false,"value":true}}`, "BOOLEAN", "true"},
		{`{"class":"CONSTANT","value":{"type":{"id":"INTEGER","type_info":null},"is_null":true}}`, "", ""},
		{`{"class":"CONSTANT","value":{"type":{"id":"DECIMAL","type_info":{"scale":2}},"is_null":false,"value":150}}`, "", ""},
		{`{"class":"CONSTANT","value":{"type":{"id":"HUGEINT","type_info":null},"is_null":false,"value":{"upper":0,"lower":1}}}`, "", ""},
		{`{"class":"COLUMN_REF","column_names":["a"]}`, "", ""},
	} {
		n, err := decode(c.node)
		if err != nil {
			t.Fatal(err)
		}
		typ, value, ok := Literal(n)
		if typ != c.typ || value != c.text || ok != (c.typ != "") {
			t.Errorf("%s: %s %q %v", c.node, typ, value, ok)
		}
	}
}

func TestRelocateMovesEveryPart(t *testing.T) {
	n, err := decode(`{"query_location":5,"a":[{"query_location":18446744073709551615}],"b":{"c":1}}`)
	if err != nil {
		t.Fatal(err)
	}
	Relocate(n, 7)
	got, err := json.Marshal(n)
	if diff := cmp.Diff(`{"a":[{"query_location":7}],"b":{"c":1},"query_location":7}`, string(got)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if Location(n) != 7 || Location(Node{"query_location": json.Number("18446744073709551615")}) != -1 || Location(Node{}) != -1 {
		t.Error("locations")
	}
}
