//go:build engines

package databases

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/fixedwidth"
)

// What psql writes for people, aligned by characters, is read as fixed width:
// its second line, such as ----+-----, has the places of the fields.
func TestPsqlsAlignedOutputIsReadAsFixedWidth(t *testing.T) {
	const query = `select id, case when id % 3 > 0 then repeat('ä', id % 7) || 'ßx' end as name, (id * 1.25)::numeric(9,2) as price,
		date '2024-01-31' + id as day, case when id % 5 > 0 then 'note €' || id end as note from generate_series(1, 2000) as id order by id`
	p := startPostgres(t)
	aligned := p.sql(t, "postgres", `\pset format aligned`, `\pset tuples_only off`, `\pset footer off`, query)
	lines := strings.Split(aligned, "\n")
	var fields []any
	start := 1
	for i, rule := range strings.Split(lines[1], "+") {
		name := strings.TrimSpace(strings.Split(lines[0], "|")[i])
		width := utf8.RuneCountInString(rule)
		fields = append(fields, map[string]any{"name": name, "start": start, "end": start + width - 1})
		start += width + 1
	}
	var want [][]string
	for line := range strings.Lines(p.sql(t, "postgres", query)) {
		if cells := strings.Split(strings.TrimSuffix(line, "\n"), "|"); len(cells) == len(fields) {
			want = append(want, cells)
		}
	}
	if len(want) != 2000 {
		t.Fatalf("%d rows unaligned", len(want))
	}
	req := connector.Request{
		Options:  map[string]connector.Option{"fields": {Value: fields}, "skip": {Value: 2}},
		Declared: map[string]connector.DeclaredType{"price": {Type: "decimal(9,2)"}},
	}
	in := connectortest.File("psql.txt", []byte(aligned))
	layout, counts, got, err := connectortest.Collect(t.Context(), fixedwidth.New(), []connector.Input{in}, req)
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, c := range layout.Columns {
		types = append(types, c.Name+" "+c.Type.String())
	}
	if wanted := []string{"id long", "name string", "price decimal(9,2)", "day date", "note string"}; !slices.Equal(types, wanted) {
		t.Errorf("%v, want %v", types, wanted)
	}
	if counts[0].Rejected > 0 {
		t.Errorf("%+v", got.Rejects[0])
	}
	for i, row := range got.Rows {
		for k, value := range row {
			if value == "NULL" {
				got.Rows[i][k] = ""
			}
		}
		want[i][2] = strings.TrimRight(strings.TrimRight(want[i][2], "0"), ".") // as Arrow writes decimals
	}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
}
