package connector

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/diag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParseType(t *testing.T) {
	for in, want := range map[string]string{
		"string": "string", "VARCHAR(20)": "string", " BigInt ": "long", "double  precision": "double",
		"decimal": "decimal(18,3)", "DECIMAL(9, 2)": "decimal(9,2)", "numeric(5)": "decimal(5,0)",
		"timestamp with time zone": "timestamptz", "int": "int", "bool": "boolean", "date": "date",
		"strnig":        `"strnig" is not a type, did you mean string?`,
		"geometry":      `"geometry" is not a type: write one of string, boolean, int, long, float, double, decimal, date, timestamp, timestamptz, time, binary, uuid, or list<…>, map<…, …>, struct<name: …>`,
		"int(4)":        `"int(4)": int takes no precision`,
		"decimal(39,0)": `"decimal(39,0)": a decimal has 1 to 38 digits, and no more of them behind the point`,
		"decimal(3,4)":  `"decimal(3,4)": a decimal has 1 to 38 digits, and no more of them behind the point`,
		"list<int>":     "list<int>", "int[]": "list<int>", "TEXT[][]": "list<list<string>>",
		"map<varchar, list<bigint>>":                      "map<string, list<long>>",
		"struct<a: int, \"b c\": struct<d decimal(9,2)>>": `struct<a: int, "b c": struct<d: decimal(9,2)>>`,
		"STRUCT(a INTEGER, b VARCHAR(3)[])":               "struct<a: int, b: list<string>>",
		"list<int":                                        `"list<int" is not a type: > is missing`,
		"struct<a>":                                       `"struct<a>" is not a type: fields look like name: type`,
		"struct<a: int, A: int>":                          `"struct<a: int, A: int>" has two fields "A"`,
		"int>":                                            `"int>" is not a type`,
	} {
		got, err := ParseType(in)
		text := got.String()
		if err != nil {
			text = err.Error()
		}
		if text != want {
			t.Errorf("ParseType(%q): %s, want %s", in, text, want)
		}
	}
}

func TestTypesWidenAsIcebergAllows(t *testing.T) {
	long, str := Type{Kind: Long}, Type{Kind: String}
	for _, c := range []struct {
		from, to Type
		want     bool
	}{
		{Type{Kind: Int}, long, true},
		{long, Type{Kind: Int}, false},
		{Type{Kind: Float}, Type{Kind: Double}, true},
		{Type{Kind: Decimal, Precision: 4, Scale: 2}, Type{Kind: Decimal, Precision: 9, Scale: 2}, true},
		{Type{Kind: Decimal, Precision: 4, Scale: 2}, Type{Kind: Decimal, Precision: 9, Scale: 3}, false},
		{Type{Kind: Decimal, Precision: 9, Scale: 2}, Type{Kind: Decimal, Precision: 4, Scale: 2}, false},
		{long, str, false},
		{str, str, true},
	} {
		if got := c.from.WidensTo(c.to); got != c.want {
			t.Errorf("%s to %s: %v", c.from, c.to, got)
		}
	}
}

func TestCheckOptionsReportsEverythingAtOnce(t *testing.T) {
	specs := []OptionSpec{
		{Name: "size", Kind: SizeOption}, {Name: "count", Kind: CountOption}, {Name: "char", Kind: CharOption},
		{Name: "list", Kind: ListOption}, {Name: "choice", Kind: ChoiceOption, Choices: []string{"a", "b"}}, {Name: "flag", Kind: BoolOption},
	}
	good, err := CheckOptions(specs, map[string]Option{
		"size": {Value: "16MiB"}, "count": {Value: uint64(3)}, "char": {Value: "tab"}, "list": {Value: []any{"x", 1}}, "choice": {Value: "B"}, "flag": {Value: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{"size": int64(16 << 20), "count": int64(3), "char": "\t", "list": []string{"x", "1"}, "choice": "b", "flag": true}
	if diff := cmp.Diff(want, good); diff != "" {
		t.Error(diff)
	}
	at := func(line int) diag.Place { return diag.Place{File: "x.yml", Line: line} }
	_, err = CheckOptions(specs, map[string]Option{
		"size": {-1, at(1)}, "count": {"1.5", at(2)}, "char": {"ab", at(3)}, "list": {map[string]any{}, at(4)}, "choice": {"c", at(5)}, "flag": {"yes", at(6)}, "siz": {1, at(7)},
	})
	wantError := `x.yml:1: bad-option: option "size": "-1" is not a size such as 16MB
x.yml:2: bad-option: option "count": "1.5" is not a whole number from 0 on
x.yml:3: bad-option: option "char": "ab" is not one ASCII character
x.yml:4: bad-option: option "list": a text is expected, not map[]
x.yml:5: bad-option: option "choice": "c" is not one of a, b
x.yml:6: bad-option: option "flag": yes is neither true nor false
x.yml:7: unknown-option: unknown option "siz"
  hint: did you mean "size"?`
	if err == nil || err.Error() != wantError {
		t.Errorf("got %v", err)
	}
}

func TestSniffEncoding(t *testing.T) {
	for _, c := range []struct {
		name, head string
		want       Encoding
	}{
		{"nothing", "", UTF8},
		{"ASCII", "a,b\n1,2\n", UTF8},
		{"a byte order mark", "\xEF\xBB\xBFa\xFF", UTF8},
		{"UTF-16 with a mark", "\xFF\xFEa\x00", UTF16LE},
		{"UTF-16 without one", "\x00a\x00,\x00b", UTF16BE},
		{"a few NUL bytes", "a,b\x00c,d\n1,2\x00\n", UTF8},
		{"a character cut in two", "Zo\xC3", UTF8},
		{"UTF-8 with a broken byte", "Zo\xC3\xAB\xFF", UTF8},
		{"Latin-1", "Zo\xEB, Ren\xE9,", Latin1},
		{"Windows-1252", "5 \x80,", Windows1252},
	} {
		if got := SniffEncoding([]byte(c.head), false); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Whatever bytes there are, decoding loses nothing: the stored bytes can be
// made again.
func TestDecodingCanBeUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := rapid.SliceOf(rapid.Byte()).Draw(t, "stored")
		for _, name := range Encodings {
			e := Encoding(name)
			text, err := io.ReadAll(e.Decode(bytes.NewReader(stored)))
			if err != nil {
				t.Fatal(err)
			}
			slow, err := io.ReadAll(e.Decode(iotest.OneByteReader(bytes.NewReader(stored))))
			if err != nil || !bytes.Equal(text, slow) {
				t.Fatalf("%s: small reads give %q, not %q (%v)", e, slow, text, err)
			}
			if raw := e.Raw(text); !bytes.Equal(raw, stored) {
				t.Fatalf("%s: %q became %q and then %q", e, stored, text, raw)
			}
		}
	})
}

func TestIsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		padded := append([]byte(text), make([]byte, Padding)...)
		plain := strings.IndexFunc(text, func(c rune) bool { return c == 0 || c >= 0x80 }) < 0
		if got := IsPlain(padded, 0, len(text)); got != plain {
			t.Errorf("IsPlain(%q) = %v", text, got)
		}
		if got, want := IsText(padded, 0, len(text)), len(TextViolations([]byte(text), UTF8)) == 0; got != want {
			t.Errorf("IsText(%q) = %v", text, got)
		}
	})
}

func TestWidening(t *testing.T) {
	layout := &Layout{Columns: []Column{{Name: "a", Type: Type{Kind: Long}}, {Name: "b", Origin: Unseen}}}
	wider := layout.Widen(&WidenError{Input: "x.csv", Columns: []Widening{{Column: "a", To: Type{Kind: Double}}, {Column: "b", To: Type{Kind: Date}}}})
	want := []Column{{Name: "a", Type: Type{Kind: Double}}, {Name: "b", Type: Type{Kind: Date}}}
	if diff := cmp.Diff(want, wider.Columns); diff != "" {
		t.Error(diff)
	}
	if layout.Columns[0].Type.Kind != Long {
		t.Error("the layout itself changed")
	}
}
