package ingest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
)

func TestEditsAreReadByTable(t *testing.T) {
	text := `{"table":"raw.a","file":"a.csv","line":3,"was":"x","raw":"1,2","violations":[{"rule":"columns","reason":"r"}]}
{"table":"raw.b","file":"b.csv","line":4,"raw_base64":"/w=="}

{"table":"raw.a","file":"a.csv","line":5,"raw":""}`
	got, err := ReadEdits("rows.ndjson", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(got["raw.a"]) != 2 || len(got["raw.b"]) != 1 {
		t.Fatalf("got %+v", got)
	}
	if raw := got["raw.b"][0].bytes(); string(raw) != "\xff" {
		t.Errorf("base64 is %q", raw)
	}
	if raw := got["raw.a"][1].bytes(); raw == nil || len(raw) != 0 {
		t.Errorf("an empty text is %v", raw)
	}
}

func TestWhatIsNoEditIsRefusedWithItsPlace(t *testing.T) {
	good := `{"table":"raw.a","file":"a.csv","line":3,"raw":"1,2"}` + "\n"
	for text, want := range map[string]string{
		`{"file":"a.csv","raw":"x"}`:                                     `"table" is missing`,
		`{"table":"raw.a","raw":"x"}`:                                    `"file" is missing`,
		`{"table":"raw.a","file":"a.csv"}`:                               `"raw" is missing`,
		`{"table":"raw.a","file":"a.csv","raw":"x","raw_base64":"eA=="}`: `both there`,
		`{"table":"raw.a","file":"a.csv","raw":"x","lines":3}`:           `unknown field "lines"`,
		`{"table":"raw.a","file":"a.csv","line":"three","raw":"x"}`:      `cannot unmarshal`,
		`raw.a,a.csv,3`: `invalid character`,
		`{"table":"raw.a","file":"a.csv","raw":"x"`:                           `unexpected EOF`,
		`{"table":"raw.a","file":"a.csv","raw_base64":"not base64 at all!!"}`: `illegal base64`,
	} {
		_, err := ReadEdits("rows.ndjson", strings.NewReader(good+text))
		var p *diag.Problem
		if !errors.As(err, &p) || p.Place.File != "rows.ndjson" || p.Place.Line != 2 || p.Hint == "" || !strings.Contains(p.Message, want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestAnEditIsTakenOnceByLineAndWhatItWas(t *testing.T) {
	edit := func(line int64, was, raw string) Edit { return Edit{File: "a", Line: line, Was: was, Raw: &raw} }
	raw := []byte("old")
	all := editsByFile([]Edit{edit(1, Fingerprint(raw), "first"), edit(1, Fingerprint(raw), "second"), edit(2, "", "by line"), edit(3, "other", "changed")})["a"]
	var got []string
	for _, line := range []int64{1, 1, 1, 2, 2, 3} {
		if e := all.take(line, raw); e != nil {
			got = append(got, *e.Raw)
		} else {
			got = append(got, "-")
		}
	}
	if diff := cmp.Diff([]string{"first", "second", "-", "by line", "-", "-"}, got); diff != "" {
		t.Error(diff)
	}
	if left := all.left(); len(left) != 1 || left[0].Line != 3 {
		t.Errorf("left are %v", left)
	}
}

func TestARecordComesBackAsItWas(t *testing.T) {
	for _, raw := range []string{"", "text", "zwei\nZeilen", "ä", "\xff\xfe", "nul\x00"} {
		var e Edit
		e.SetRaw([]byte(raw))
		if string(e.bytes()) != raw || e.Was != Fingerprint([]byte(raw)) {
			t.Errorf("%q came back as %q", raw, e.bytes())
		}
	}
}
