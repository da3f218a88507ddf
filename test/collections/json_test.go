//go:build collections

package collections

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// different are the files whose name asks for something else than Tarn does,
// and why it does that.
var different = map[string]string{
	"n_structure_object_with_trailing_garbage.json": "two values one behind the other are two records",
	"y_object_duplicated_key.json":                  "a key that is there twice is quarantined: a column holds one value",
	"y_object_duplicated_key_and_value.json":        "a key that is there twice is quarantined, whatever its values",
	"y_object_escaped_null_in_key.json":             "a column's name holds no NUL",
}

// TestJSONParsingMinefield loads every file of JSONTestSuite's test_parsing:
// those that begin with y_ are JSON, with n_ are none, with i_ may be either.
func TestJSONParsingMinefield(t *testing.T) {
	if *jsonDir == "" {
		return
	}
	paths, err := filepath.Glob(filepath.Join(*jsonDir, "test_parsing", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no test_parsing/*.json in %s (%v)", *jsonDir, err)
	}
	counts := map[string]map[string]int{}
	var notes, either []string
	for _, path := range paths {
		name := filepath.Base(path)
		got := minefield(t, path)
		kind := name[:1]
		if counts[kind] == nil {
			counts[kind] = map[string]int{}
		}
		counts[kind][got]++
		want := map[string][]string{"y": {loaded, empty}, "n": {quarantined, refused, empty}, "i": {loaded, quarantined, refused, empty}}[kind]
		why, known := different[name]
		switch expected := slices.Contains(want, got); {
		case expected && known:
			t.Errorf("%s: %s, as its name asks for; it is listed as different", name, got)
		case !expected && !known:
			t.Errorf("%s: %s", name, got)
		case known:
			notes = append(notes, fmt.Sprintf("- `%s`: %s, since %s.", name, got, why))
		}
		if kind == "i" {
			either = append(either, fmt.Sprintf("`%s` %s", strings.TrimSuffix(name, ".json"), got))
		}
	}
	rows := [][]string{{"files", "loaded", "quarantined", "load refused", "nothing to load"}}
	for _, kind := range []string{"y", "n", "i"} {
		c := counts[kind]
		rows = append(rows, []string{
			map[string]string{"y": "y_ (JSON)", "n": "n_ (not JSON)", "i": "i_ (up to the reader)"}[kind],
			fmt.Sprint(c[loaded]), fmt.Sprint(c[quarantined]), fmt.Sprint(c[refused]), fmt.Sprint(c[empty]),
		})
	}
	sections["json"] = fmt.Sprintf("## JSON parsing minefield\n\n[nst/JSONTestSuite](https://github.com/nst/JSONTestSuite), `test_parsing`, %d files. Quarantined: at least one record of the file is; refused: the load fails since no record of the file can be read; nothing to load: the load says that there is no record, or none with a field.\n\n%s\nOther than the names ask for:\n\n%s\n\nUp to the reader: %s.\n",
		len(paths), table(rows...), strings.Join(notes, "\n"), strings.Join(either, ", "))
	t.Log("\n" + sections["json"])
}

// What can become of a file.
const (
	loaded      = "loaded"
	quarantined = "quarantined"
	refused     = "refused"
	empty       = "nothing to load"
)

// minefield loads one file, as the format finds it and line by line.
func minefield(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := load(t, jsonfile.JSON(), content, connector.Request{})
	switch {
	case err != nil && (strings.Contains(err.Error(), "empty-input") || strings.Contains(err.Error(), "no-columns")):
		return empty
	case err != nil:
		return refused
	case len(got.Rejects) > 0:
		return quarantined
	}
	if want := recordsIn(content); want >= 0 && want != len(got.Rows) {
		t.Errorf("%s: %d rows, but %d records", filepath.Base(path), len(got.Rows), want)
	}
	return loaded
}

// recordsIn is how many records encoding/json finds, -1 where it finds no JSON.
func recordsIn(content []byte) int {
	var value any
	if json.Unmarshal(content, &value) != nil {
		return -1
	}
	if list, ok := value.([]any); ok {
		return len(list)
	}
	return 1
}
