package agate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/pymodule"
)

// sample is the result that the tests ask; what they expect was seen with
// Python's agate 1.9.1 and dbt's types.
func sample(t *testing.T, printed *[]string) map[string]any {
	t.Helper()
	half, err := pymodule.ParseDecimal("1.5")
	if err != nil {
		t.Fatal(err)
	}
	day := pymodule.NewDate(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
	note := func(_ *jinja.Call, text string) { *printed = append(*printed, text) }
	return map[string]any{
		"t":     NewTable([]string{"id", "Name", "x"}, [][]any{{int64(1), "a", half}, {int64(2), nil, int64(2)}, {nil, "c", nil}}, note),
		"empty": NewTable([]string{"a"}, nil, note),
		"wide": NewTable([]string{"id", "Name", "x", "d", "b"}, [][]any{
			{int64(1), "a", half, day, true}, {int64(2), "a long text of which only the start is shown", int64(20000), nil, nil},
		}, note),
		"mixed": NewTable([]string{"f", "l", "d", "twice", "twice", "none", "b"}, [][]any{
			{1.0, python.NewList(int64(1), day), day, "1", int64(1), nil, true},
			{int64(3), "text", pymodule.NewDateTime(time.Date(2024, 1, 1, 2, 0, 0, 0, time.UTC)), int64(1), nil, nil, int64(1)},
		}, note),
	}
}

func TestTablesAnswerAsAgateDoes(t *testing.T) {
	for text, want := range map[string]string{
		"{{ t.column_names }} {{ t | length }} {{ t.rows | length }} {{ t.columns | length }}": "('id', 'Name', 'x') 3 3 3",
		"{{ t.rows[1] }}":    "<agate.Row: (2, None, Decimal('2'))>",
		"{{ t.columns[0] }}": "<agate.Column: (1, 2, None)>",
		"{{ t.rows[1]['Name'] }} {{ t.rows[0].Name }} {{ t.rows[0][2] }} {{ t.rows[-1].id }}":                                                                         "None a 1.5 None",
		"{{ t.rows[1].keys() }} {{ t.rows[1].values() }} {{ t.rows[1].items()[0] }} {{ t.rows[0].dict() }}":                                                           "('id', 'Name', 'x') (2, None, Decimal('2')) ('id', 2) {'id': 1, 'Name': 'a', 'x': Decimal('1.5')}",
		"{{ t.rows[0].get('id') }} {{ t.rows[0].get('zz', 5) }} {{ t.rows[0]['zz'] is defined }} {{ t.rows[9] is defined }}":                                          "1 5 False False",
		"{{ t.columns['id'].values() }} {{ t.columns.id.values() }} {{ t.columns[1].name }} {{ t.columns['x'].index }}":                                               "(1, 2, None) (1, 2, None) Name 2",
		"{{ t.columns.keys() }} {{ t.columns | map(attribute='name') | list }}":                                                                                       "('id', 'Name', 'x') ['id', 'Name', 'x']",
		"{{ t.columns[2].values_without_nulls() }} {{ t.columns['x'].values_sorted() }} {{ t.columns['id'].values_distinct() }}":                                      "(Decimal('1.5'), Decimal('2')) [Decimal('1.5'), Decimal('2'), None] (1, 2, None)",
		"{% for r in t %}{{ r[0] }}{{ r.Name }};{% endfor %} {% for r in t.rows %}{{ loop.index }}{% endfor %}":                                                       "1a;2None;Nonec; 123",
		"{{ t.rows | map(attribute='id') | list }} {{ t.rows | map(attribute=0) | list }} {{ t.rows | selectattr('id', 'equalto', 2) | list | length }}":              "[1, 2, None] [1, 2, None] 1",
		"{% set a, b, c = t.rows[0] %}{{ b }} {{ t.rows[0][0:2] }} {{ t.rows[1] == (2, none, 2) }} {{ 1 in t.rows[0] }}":                                              "a (1, 'a') True True",
		"{{ 'full' if t else 'empty' }} {{ 'full' if empty else 'empty' }} {{ empty.column_names }} {{ empty.columns[0].values() }}":                                  "full empty ('a',) ()",
		"{{ t.select(['id']).column_names }} {{ t.exclude('id').column_names }} {{ t.rename({'id': 'key'}).column_names }} {{ t.rename(['a', 'b', 'c']).rows[0].a }}": "('id',) ('Name', 'x') ('key', 'Name', 'x') 1",
		"{{ t.limit(1) | length }} {{ t.limit(1, 3).rows[0].id }} {{ t.limit() | length }}":                                                                           "1 2 3",
		"{{ t.order_by('id', reverse=true).columns[0].values() }} {{ t.order_by(['Name']).columns[0].values() }}":                                                     "(None, 2, 1) (1, None, 2)",
		"{{ t.distinct('id') | length }} {{ t.where(is_two) | length }} {{ t.find(is_two).x }}":                                                                       "3 1 2",
		"{{ t.column_types | join(' ') }} {{ mixed.column_types | join(' ') }} {{ mixed.column_names }}":                                                              "Integer Text Number Number Text DateTime Text Integer Integer Text ('f', 'l', 'd', 'twice', 'twice_2', 'none', 'b')",
		"{% for c in wide.columns %}{{ c.data_type.jsonify(c[0]) }} {{ c.data_type.jsonify(none) }} {{ c.data_type.csvify(c[0]) }};{% endfor %}":                      "1 None 1;a None a;1.5 None 1.5;2024-01-01 None 2024-01-01;True None True;",
		"{% set c = mixed.columns['d'] %}{{ c.data_type.jsonify(c[1]) }} {{ c.data_type is defined }} {{ c.data_type.other is defined }}":                             "2024-01-01T02:00:00 True False",
		"{{ mixed.rows[0].values() }}": "(Decimal('1.0'), '[1, \"2024-01-01\"]', datetime.datetime(2024, 1, 1, 0, 0), '1', 1, None, 'True')",
		"{{ t.rows[0].x + 1 }} {{ t.rows[0].x | float }} {{ t.rows[0].count(1) }} {{ t.rows[0].index('a') }} {{ t.rows[0] is sequence }} {{ t.rows[0] is mapping }}": "2.5 1.5 1 1 True False",
	} {
		var printed []string
		vars := sample(t, &printed)
		vars["is_two"] = func(c *jinja.Call) (any, error) {
			v, _, err := python.Item(c.Args[0], "id")
			return v == any(int64(2)), err
		}
		tmpl, err := (&jinja.Env{}).Parse("t", text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tmpl.Render(vars); err != nil || got != want {
			t.Errorf("%s\n got %q, %v\nwant %q", text, got, err, want)
		}
	}
}

func TestTablesPrintAsAgateDoes(t *testing.T) {
	for text, want := range map[string]string{
		"{{ t.print_table() }}": `| id | Name |   x |
| -- | ---- | --- |
|  1 | a    | 1.5 |
|  2 |      | 2.0 |
|    | c    |     |`,
		"{{ wide.print_table(max_rows=none, max_columns=none) }}": `| id | Name                 |        x |          d |    b |
| -- | -------------------- | -------- | ---------- | ---- |
|  1 | a                    |      1.5 | 2024-01-01 | True |
|  2 | a long text of wh... | 20,000.0 |            |      |`,
		"{{ wide.print_table(max_rows=1, max_columns=2) }}": `|  id | Name | ... |
| --- | ---- | --- |
|   1 | a    | ... |
| ... | ...  | ... |`,
		"{{ t.print_csv() }}":  "id,Name,x\n1,a,1.5\n2,,2\n,c,",
		"{{ t.print_json() }}": `[{"id": 1, "Name": "a", "x": 1.5}, {"id": 2, "Name": null, "x": 2}, {"id": null, "Name": "c", "x": null}]`,
		"{{ t.print_structure() }}": `| column | data_type |
| ------ | --------- |
| id     | Integer   |
| Name   | Text      |
| x      | Number    |`,
	} {
		var printed []string
		tmpl, err := (&jinja.Env{}).Parse("t", text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tmpl.Render(sample(t, &printed)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff([]string{want}, printed); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

func TestWhatIsNotThereIsAnError(t *testing.T) {
	for text, want := range map[string]string{
		"{{ t.select('zz') }}":    "t:1:6: `select`: the table has no column 'zz'",
		"{{ t.rename(['a']) }}":   "t:1:6: `rename`: needs 3 names, not 1",
		"{{ t.columns.zz.name }}": "t:1:17: the MappedSequence has no attribute `zz`",
	} {
		var printed []string
		tmpl, err := (&jinja.Env{}).Parse("t", text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tmpl.Render(sample(t, &printed)); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}
