package connectortest

import (
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Misfit are records whose values do not fit a column of whole numbers.
type Misfit struct {
	// Column is there in Good, with values that an int holds, or none.
	Column string
	// Wide has a value that a long holds and no int; Unfit one that is no number.
	Wide, Unfit string
}

// testContract gives values that do not fit, and looks at what each word of a
// contract makes of them.
func (c Case) testContract(t *testing.T) {
	content := text(c.Head, c.Good, []string{c.Misfit.Wide, c.Misfit.Unfit}, c.Good)
	declared := connector.Request{Declared: map[string]connector.DeclaredType{c.Misfit.Column: {Type: "int"}}}
	table, _, _, err := Collect(t.Context(), c.Format, []connector.Input{File("a", text(c.Head, c.Good))}, declared)
	if err != nil {
		t.Fatal(err)
	}
	good, line := 2*len(c.Good), int64(len(c.Head)+len(c.Good)+1)
	for name, want := range map[string]struct {
		req               connector.Request
		rows              int
		rejected          []int64
		discards, becomes string
	}{
		"declared":                   {declared, good, []int64{line, line + 1}, "", "int"},
		"declared, discard_value":    {connector.Request{Declared: declared.Declared, DiscardValues: true}, good + 2, nil, c.Misfit.Column, "int"},
		"the table's, quarantine":    {connector.Request{}, good, []int64{line, line + 1}, "", "int"},
		"the table's, evolve":        {connector.Request{Evolve: true}, good + 1, []int64{line + 1}, "", "long"},
		"the table's, discard_value": {connector.Request{DiscardValues: true}, good + 2, nil, c.Misfit.Column, "int"},
	} {
		if want.req.Declared == nil {
			want.req.Existing = slices.Clone(table.Columns)
		}
		layout, _, got, err := Collect(t.Context(), c.Format, []connector.Input{File("a", content)}, want.req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		i := layout.Index(c.Misfit.Column)
		if i < 0 || layout.Columns[i].Type.String() != want.becomes {
			t.Errorf("%s: the columns are %v, want %s to be %s", name, layout.Columns, c.Misfit.Column, want.becomes)
			continue
		}
		var rejected []int64
		for _, r := range got.Rejects {
			rejected = append(rejected, r.Line)
			if !breaks(r, connector.RuleType) || r.Violations[0].Column != layout.Columns[i].Name {
				t.Errorf("%s: rejected as %+v", name, r)
			}
		}
		if len(got.Rows) != want.rows || !slices.Equal(rejected, want.rejected) {
			t.Errorf("%s: %d rows, rejects %v; want %d, %v", name, len(got.Rows), rejected, want.rows, want.rejected)
		}
		if want.discards != "" {
			c.checkDiscards(t, name, got, i, len(c.Good))
		}
	}
}

// checkDiscards looks at the two rows behind the first good ones.
func (c Case) checkDiscards(t *testing.T, name string, got *Collected, column, first int) {
	for row, told := range got.Discarded {
		unfit := row == first || row == first+1
		if unfit != strings.Contains(told, c.Misfit.Column) {
			t.Errorf("%s: row %d was written without %s", name, row, told)
		}
		if unfit && got.Rows[row][column] != "NULL" {
			t.Errorf("%s: row %d has the value %s", name, row, got.Rows[row][column])
		}
	}
	if len(got.Discarded) != len(got.Rows) {
		t.Errorf("%s: %d rows, told of %d", name, len(got.Rows), len(got.Discarded))
	}
}
