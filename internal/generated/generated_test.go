package generated

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestRowsBecomeArrowByTheirKinds(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	table := Table{
		Columns: []Column{{"a", Text}, {"b", Long}, {"c", Int}, {"d", Bool}, {"e", Time}, {"f", Counts}, {"g", Pairs}, {"h", Texts}},
		Rows: All([][]any{
			{"x", int64(1), 2, true, at, map[string]int64{"b": 2, "a": 1}, []Pair{{"k", "v", false}, {"n", "", true}}, []string{"p", "q"}},
			{nil, 7, nil, nil, time.Time{}, nil, nil, nil},
		}),
	}
	r := table.Reader()
	defer r.Release()
	if !r.Next() {
		t.Fatal(r.Err())
	}
	got, err := r.RecordBatch().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"a":"x","b":1,"c":2,"d":true,"e":"2026-01-02T03:04:05.000006Z"`, `"f":[{"key":"a","value":1},{"key":"b","value":2}]`,
		`"g":[{"key":"k","value":"v"},{"key":"n","value":null}]`, `"h":["p","q"]`,
		`"a":null,"b":7,"c":null,"d":null,"e":null,"f":null,"g":null,"h":null`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("there is no %s in %s", want, got)
		}
	}
	if r.Next() || r.Err() != nil {
		t.Errorf("there is more: %v", r.Err())
	}
}

func TestRowsAreMadeAsTheyAreReadAndEndWithTheirError(t *testing.T) {
	made, broken := 0, errors.New("broken")
	table := Table{Columns: []Column{{"n", Long}}, Rows: func(yield func([]any, error) bool) {
		for ; made < 3*batchRows; made++ {
			if !yield([]any{made}, nil) {
				return
			}
		}
		yield(nil, broken)
	}}
	r := table.Reader()
	if !r.Next() || r.RecordBatch().NumRows() != batchRows || made >= 2*batchRows {
		t.Errorf("the first batch took %d rows", made)
	}
	for r.Next() {
	}
	if !errors.Is(r.Err(), broken) {
		t.Errorf("Err = %v", r.Err())
	}
	r.Release()
	for _, row := range [][]any{{"text"}, {1, 2}} {
		r := Table{Columns: []Column{{"n", Long}}, Rows: All([][]any{row})}.Reader()
		if r.Next() || r.Err() == nil {
			t.Errorf("%v is taken for a row", row)
		}
		r.Release()
	}
}
