package jsonfile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// anyValue is any value that encoding/json writes.
func anyValue(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Int64(), func(n int64) any { return json.Number(fmt.Sprint(n)) }),
		rapid.Map(rapid.Float64(), func(f float64) any { text, _ := json.Marshal(f); return json.Number(text) }),
		rapid.Map(anyText(), func(s string) any { return s }),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	return rapid.OneOf(append(scalars,
		rapid.Map(rapid.SliceOfN(anyValue(depth-1), 0, 4), func(list []any) any { return list }),
		rapid.Map(anyObject(depth-1), func(o map[string]any) any { return o }),
	)...)
}

func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringN(0, 30, 60), rapid.StringOf(rapid.RuneFrom([]rune("a\"\\\n\t/\u2028é日😀\x01{}[],:"))), rapid.StringMatching(`[a-z ]{0,40}`))
}

func anyObject(depth int) *rapid.Generator[map[string]any] {
	name := rapid.OneOf(rapid.StringMatching(`[a-d]`), rapid.StringMatching(`[é"\\/ ]{1,3}`))
	return rapid.MapOfN(name, anyValue(depth), 0, 6)
}

// layouts are the ways to write records.
var layouts = map[string]func(records []json.RawMessage) []byte{
	"lines": func(records []json.RawMessage) []byte {
		return append(bytes.Join(asBytes(records), []byte("\n")), '\n')
	},
	"array": func(records []json.RawMessage) []byte { text, _ := json.Marshal(records); return text },
	"indented array": func(records []json.RawMessage) []byte {
		text, _ := json.MarshalIndent(records, "", "  ")
		return append(text, '\n')
	},
	"one behind the other": func(records []json.RawMessage) []byte { return bytes.Join(asBytes(records), nil) },
}

func asBytes(records []json.RawMessage) [][]byte {
	all := make([][]byte, len(records))
	for i, r := range records {
		all[i] = r
	}
	return all
}

// What encoding/json writes is read back, whatever the layout.
func TestReadsWhatEncodingJSONWrites(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		objects := append(rapid.SliceOfN(anyObject(2), 0, 8).Draw(rt, "objects"), map[string]any{"k": true})
		var records []json.RawMessage
		names := map[string]bool{}
		for _, o := range objects {
			text, err := json.Marshal(o)
			if err != nil {
				rt.Fatal(err)
			}
			records = append(records, text)
			for name := range o {
				names[name] = true
			}
		}
		req := connector.Request{Declared: map[string]connector.DeclaredType{}}
		for name := range names {
			req.Declared[name] = connector.DeclaredType{Type: "string"}
		}
		for layout, write := range layouts {
			_, _, got, err := connectortest.Collect(t.Context(), jsonfile.JSON(), []connector.Input{connectortest.File("a", write(records))}, req)
			if err != nil || len(got.Rejects) > 0 || len(got.Rows) != len(objects) {
				rt.Fatalf("%s: %d rows, rejects %+v, error %v", layout, len(got.Rows), got.Rejects, err)
			}
			for i, o := range objects {
				checkRow(rt, layout, o, got.Columns, got.Rows[i])
			}
		}
	})
}

func checkRow(t *rapid.T, layout string, want map[string]any, columns, row []string) {
	for c, name := range columns {
		if strings.HasPrefix(name, connector.ReservedPrefix) {
			continue
		}
		var same bool
		switch v := want[name].(type) {
		case nil:
			same = row[c] == "NULL"
		case string:
			same = row[c] == v
		case bool, json.Number:
			same = row[c] == fmt.Sprint(v)
		default:
			same = sameJSON(row[c], v)
		}
		if !same {
			t.Fatalf("%s: %q is %q, want %#v", layout, name, row[c], want[name])
		}
	}
}

func sameJSON(text string, v any) bool {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var got any
	if d.Decode(&got) != nil {
		return false
	}
	normal, _ := json.Marshal(v)
	d = json.NewDecoder(bytes.NewReader(normal))
	d.UseNumber()
	var want any
	return d.Decode(&want) == nil && reflect.DeepEqual(got, want)
}

var idPattern = regexp.MustCompile(`\b7\d{6}\b`)

// Whatever happens to some bytes of a file, each record is in a row or in a
// reject.
func TestDamageLosesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var records []json.RawMessage
		for i := range rapid.IntRange(1, 30).Draw(rt, "records") {
			text, _ := json.Marshal(map[string]any{"id": 7_000_000 + i, "x": anyValue(2).Draw(rt, "x"), "y": []any{map[string]any{"z": i}}})
			records = append(records, text)
		}
		layout := rapid.SampledFrom([]string{"lines", "array", "indented array", "one behind the other"}).Draw(rt, "layout")
		text := layouts[layout](records)
		for range rapid.IntRange(1, 3).Draw(rt, "damages") {
			text = damage(rt, text)
		}
		req := connector.Request{Declared: map[string]connector.DeclaredType{"id": {Type: "string"}, "x": {Type: "string"}, "y": {Type: "string"}}}
		var got *connectortest.Collected
		seen, counts, got, err := connectortest.Collect(t.Context(), jsonfile.JSON(), []connector.Input{connectortest.File("a", text)}, req)
		if err != nil {
			rt.Fatal(err)
		}
		if c := counts[0]; c.Records != int64(len(got.Rows)+len(got.Rejects)) {
			rt.Fatalf("counts %+v", c)
		}
		if !slices.IsSorted(got.Lines) {
			rt.Fatalf("lines do not rise: %v", got.Lines)
		}
		if !slices.IsSortedFunc(got.Rejects, func(a, b connectortest.Rejected) int { return int(a.Line - b.Line) }) {
			rt.Fatalf("lines of rejects do not rise: %+v", got.Rejects)
		}
		found := map[string]int{}
		// A key that swallowed its value is a column.
		for _, c := range seen.Columns {
			for _, id := range idPattern.FindAllString(c.Name, -1) {
				found[id]++
			}
		}
		for _, row := range got.Rows {
			for _, id := range idPattern.FindAllString(strings.Join(row, " "), -1) {
				found[id]++
			}
		}
		for _, r := range got.Rejects {
			for _, id := range idPattern.FindAllString(r.Raw, -1) {
				found[id]++
			}
		}
		for _, id := range idPattern.FindAllString(string(text), -1) {
			if found[id]--; found[id] < 0 {
				rt.Fatalf("%s: %s is lost: rows %q, rejects %+v, of %q", layout, id, got.Rows, got.Rejects, text)
			}
		}
	})
}

// damage changes, drops or adds a byte, or cuts the text off.
func damage(t *rapid.T, text []byte) []byte {
	if len(text) == 0 {
		return text
	}
	at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
	odd := rapid.SampledFrom([]byte("{}[],:\"\\\n 0x\x00\xFF")).Draw(t, "odd")
	text = bytes.Clone(text)
	switch rapid.IntRange(0, 3).Draw(t, "how") {
	case 0:
		text[at] = odd
		return text
	case 1:
		return slices.Delete(text, at, at+1)
	case 2:
		return slices.Insert(text, at, odd)
	default:
		return text[:at]
	}
}
