package fixedwidth_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/fixedwidth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fields makes the option of names and widths.
func fields(nameAndWidth ...any) connector.Option {
	var list []any
	for i := 0; i < len(nameAndWidth); i += 2 {
		list = append(list, map[string]any{"name": nameAndWidth[i], "width": nameAndWidth[i+1]})
	}
	return connector.Option{Value: list, Place: diag.Place{File: "ingest/x.yml", Line: 9}}
}

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format:  fixedwidth.New(),
		Options: map[string]connector.Option{"fields": fields("id", 4, "name", 8, "price", 6)},
		Good:    []string{"   1lamp      2.55", "   2shade        ", "   3            7"},
		Bad:     []string{"   4lamp", "   5lamp      2.55x"},
	})
}

// load loads lines and returns rows and rejects, a line each.
func load(t *testing.T, content string, options map[string]connector.Option) string {
	t.Helper()
	in := connectortest.File("a", []byte(content))
	layout, _, got, err := connectortest.Collect(t.Context(), fixedwidth.New(), []connector.Input{in}, connector.Request{Options: options})
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, c := range layout.Columns {
		fmt.Fprintf(&b, "%s %s, ", c.Name, c.Type)
	}
	for i, row := range got.Rows {
		fmt.Fprintf(&b, "\n%d: %s", got.Lines[i], strings.Join(row, "|"))
	}
	for _, r := range got.Rejects {
		fmt.Fprintf(&b, "\n%d rejected: %s: %s", r.Line, r.Violations[0].Rule, r.Violations[0].Reason)
	}
	return b.String()
}

func TestLines(t *testing.T) {
	abc := fields("a", 3, "b", 3, "c", 3)
	for _, c := range []struct {
		name, content, want string
		options             map[string]connector.Option
	}{
		{"values", "1  x  2.5\n 22y y-1 \n   z  3\n", "a long, b string, c double, \n1: 1|x|2.5\n2: 22|y y|-1\n3: NULL|z|3", nil},
		{"short and long", "1  x  2\n1  x\n1  x  2  \n1  x  2  3\n1  x  \n", "a long, b string, c long, \n1: 1|x|2\n3: 1|x|2\n5: 1|x|NULL\n" +
			"2 rejected: columns: the line has 4 characters, but the field b ends at 6\n" +
			"4 rejected: columns: the line has 10 characters, but the last field, c, ends at 9, and behind it is more than spaces", nil},
		{"padded", "1  x\n2\n", "a long, b string, c string, \n1: 1|x|NULL\n2: 2|NULL|NULL", map[string]connector.Option{"short_lines": {Value: "pad"}}},
		{"trimmed on the right", " 1 x  \ty \n", "a string, b string, c string, \n1:  1|x|\ty", map[string]connector.Option{"trim": {Value: "right"}}},
		{"texts that mean NULL", "1  -  2  \n", "a long, b string, c long, \n1: 1|NULL|2", map[string]connector.Option{"null": {Value: "-"}}},
		{"skipped lines and comments", "head\nmore\n# no\n1  x  2\n", "a long, b string, c long, \n4: 1|x|2", map[string]connector.Option{"skip": {Value: 2}, "comment": {Value: "#"}}},
		{"only skipped lines", "head", "a: empty-input: the file is empty: it has no record\n  hint: the table is made by the first load that has a record", map[string]connector.Option{"skip": {Value: 2}}},
		{"characters, not bytes", "äöüéè 1€ \n", "a string, b string, c string, \n1: äöü|éè|1€", nil},
		{"Latin-1", "\xe4\xf6\xfcx  1  \n", "a string, b string, c long, \n1: äöü|x|1", nil},
		{"places", "id=17; name=Zoë\n", "id long, name string, \n1: 17|Zoë", map[string]connector.Option{"fields": {Value: []any{
			map[string]any{"name": "name", "start": 13, "end": 20}, map[string]any{"name": "id", "start": 4, "width": 2},
		}}}},
	} {
		options := map[string]connector.Option{"fields": abc}
		for name, option := range c.options {
			options[name] = option
		}
		if diff := cmp.Diff(c.want, load(t, c.content, options)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestFieldsAreChecked(t *testing.T) {
	at := diag.Place{File: "ingest/x.yml", Line: 9}
	for want, value := range map[string]any{
		"a list of fields is needed":                                      nil,
		"field 1: 8 is not {name":                                         []any{8},
		"field 1: map[width:8] lacks a name":                              []any{map[string]any{"width": 8}},
		"field 1: a needs a width, or an end":                             []any{map[string]any{"name": "a"}},
		"field 1: width or end of a: 0 is not a number":                   []any{map[string]any{"name": "a", "width": 0}},
		"field 1: width or end of a: x is not a number":                   []any{map[string]any{"name": "a", "width": "x"}},
		"field 1: unknown key \"with\"":                                   []any{map[string]any{"name": "a", "with": 8}},
		"field 2: the name \"A\" is there twice":                          []any{map[string]any{"name": "a", "width": 1}, map[string]any{"name": "A", "width": 1}},
		"field 1: a has the characters 5 to 4":                            []any{map[string]any{"name": "a", "start": 5, "end": 4}},
		"a (characters 1 to 8) and b (5 to 6) overlap":                    []any{map[string]any{"name": "a", "width": 8}, map[string]any{"name": "b", "start": 5, "end": 6}},
		"start of a: 99999999999999999999 is not a number from 1 to 1048": []any{map[string]any{"name": "a", "start": "99999999999999999999", "end": 4}},
	} {
		got := load(t, "x\n", map[string]connector.Option{"fields": {Value: value, Place: at}})
		if !strings.Contains(got, want) || !strings.Contains(got, "ingest/x.yml:9: bad-option: ") {
			t.Errorf("%v: %s, want %s", value, got, want)
		}
	}
}

// What fmt writes with widths is read back.
func TestPaddedTextsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`([a-zäß€💧]([a-z ä]{0,6}[a-z€])?)?`)
		type row struct{ a, b, c string }
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
			return row{value.Draw(t, "a"), value.Draw(t, "b"), value.Draw(t, "c")}
		}), 1, 20).Draw(t, "rows")
		var content strings.Builder
		var want [][]string
		for _, r := range rows {
			if r.a+r.b+r.c == "" {
				continue // a blank line
			}
			fmt.Fprintf(&content, "%-8s%10s %-9s\n", r.a, r.b, r.c)
			values := []string{r.a, r.b, r.c}
			for i, v := range values {
				if v == "" {
					values[i] = "NULL"
				}
			}
			want = append(want, values)
		}
		if len(want) == 0 {
			return
		}
		options := map[string]connector.Option{"fields": fields("a", 8, "b", 10, "gap", 1, "c", 9), "encoding": {Value: "utf-8"}}
		in := connectortest.File("a", []byte(content.String()))
		_, _, got, err := connectortest.Collect(t.Context(), fixedwidth.New(), []connector.Input{in}, connector.Request{Options: options})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range got.Rows {
			got.Rows[i] = []string{row[0], row[1], row[3]}
		}
		if diff := cmp.Diff(want, got.Rows); diff != "" {
			t.Fatalf("%s: %s", content.String(), diff)
		}
	})
}

// FuzzFixedWidth reads arbitrary lines: each that is not blank is a row or a
// reject.
func FuzzFixedWidth(f *testing.F) {
	for _, seed := range []string{"   1lamp\n", "äö\xff\n", "\x00\r\n\r\n", "   1lamp 2.55  x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		options := map[string]connector.Option{"fields": fields("a", 2, "b", 3), "encoding": {Value: "utf-8"}, "compression": {Value: "none"}}
		in := connectortest.File("f", content)
		_, counts, got, err := connectortest.Collect(t.Context(), fixedwidth.New(), []connector.Input{in}, connector.Request{Options: options})
		if err != nil {
			return
		}
		lines := 0
		for line := range strings.Lines(strings.TrimPrefix(string(content), "\uFEFF")) {
			if strings.Trim(line, " \t\r\n") != "" {
				lines++
			}
		}
		if int(counts[0].Records) != lines || len(got.Rows)+len(got.Rejects) != lines {
			t.Fatalf("%d lines, %d rows, %d rejects", lines, len(got.Rows), len(got.Rejects))
		}
	})
}
