package sqlast

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// The transcripts in testdata: what scripts are read as.
func TestScriptTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			list, err := Script(d.Input)
			var syntax *SyntaxError
			if errors.As(err, &syntax) {
				line, column := Position(d.Input, syntax.Offset)
				return fmt.Sprintf("%d:%d: %s\n", line, column, syntax.Message)
			}
			var b strings.Builder
			for _, st := range list {
				fmt.Fprintf(&b, "%s", st.Word)
				show(&b, d.Input, reflect.ValueOf(st.Head))
				show(&b, d.Input, reflect.ValueOf(struct{ With Span }{st.With}))
				b.WriteString("\n")
			}
			return b.String()
		})
	})
}

// show writes the fields of a head that are set, parts of the script as text.
func show(b *strings.Builder, script string, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
		b.WriteString(" " + v.Type().Name())
	}
	for i := range v.NumField() {
		f := v.Field(i)
		if !f.IsZero() {
			fmt.Fprintf(b, " %s=", v.Type().Field(i).Name)
			showValue(b, script, f)
		}
	}
}

func showValue(b *strings.Builder, script string, v reflect.Value) {
	switch x := v.Interface().(type) {
	case Span:
		b.WriteString("«" + strings.Join(strings.Fields(script[x.Start:x.End]), " ") + "»")
	case Name:
		b.WriteString(strings.Join(x.Parts, "·"))
	default:
		switch v.Kind() {
		case reflect.Slice:
			b.WriteString("[")
			for i := range v.Len() {
				if i > 0 {
					b.WriteString(", ")
				}
				showValue(b, script, v.Index(i))
			}
			b.WriteString("]")
		case reflect.Struct:
			b.WriteString("{")
			show(b, script, v)
			b.WriteString(" }")
		default:
			fmt.Fprint(b, x)
		}
	}
}

// Whatever the text is, what is read lies inside of the statement it belongs to,
// statements lie one behind the other, and no part opens what it does not close.
func FuzzScript(f *testing.F) {
	for _, seed := range []string{
		"INSERT INTO a (b) VALUES (1, ';'); DELETE FROM a USING b WHERE a.c = $$;$$",
		"WITH w AS (SELECT 1) MERGE INTO t AS x USING a JOIN b ON c ON d WHEN MATCHED AND CASE WHEN e THEN f END THEN UPDATE SET g = h WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED THEN INSERT (i) VALUES (j)",
		"UPDATE \"t\"\"\" SET (a, b) = (1, [2, 3]), c = d IS DISTINCT FROM e FROM f WHERE g",
		"CREATE OR REPLACE TEMP TABLE IF NOT EXISTS a.b.c (d DECIMAL(9, 2) NOT NULL, e VARCHAR) ; CREATE VIEW v(a) AS SELECT 1",
		"ALTER TABLE a ALTER b TYPE INTEGER USING c::INT; DROP TABLE IF EXISTS a, b CASCADE; COMMENT ON COLUMN a.b IS 'c'",
		"UPDATE t SET a = b (c", "DELETE FROM t WHERE ([)]",
		"E'\\'' /* /* */ */ -- x\n U&\"a\" 1e5 .5 1_000",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Script(text)
		if err != nil {
			return
		}
		end := 0
		for _, st := range list {
			if st.Start < end || st.End < st.Start || st.End > len(text) {
				t.Fatalf("statement %v after %d in %q", st.Span, end, text)
			}
			end = st.End
			for _, s := range spans(reflect.ValueOf(st)) {
				if s.Start < st.Start || s.End > st.End || s.Start > s.End {
					t.Fatalf("part %v of %v in %q", s, st.Span, text)
				}
				if !balanced(text[s.Start:s.End]) {
					t.Fatalf("part %q of %q", text[s.Start:s.End], text)
				}
			}
		}
	})
}

// spans are the parts of a statement that go to the engine, without the
// statement itself.
func spans(v reflect.Value) []Span {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return spans(v.Elem())
	case reflect.Slice:
		var out []Span
		for i := range v.Len() {
			out = append(out, spans(v.Index(i))...)
		}
		return out
	case reflect.Struct:
		var out []Span
		for i := range v.NumField() {
			if s, ok := v.Field(i).Interface().(Span); ok {
				if !v.Type().Field(i).Anonymous && !s.IsZero() {
					out = append(out, s)
				}
				continue
			}
			out = append(out, spans(v.Field(i))...)
		}
		return out
	}
	return nil
}

func balanced(part string) bool {
	s := scanner{sql: part}
	var open []string
	for t := s.next(); t.kind != endToken; t = s.next() {
		switch t.word {
		case "(", "[", "{":
			open = append(open, t.word)
		case ")", "]", "}":
			if len(open) == 0 {
				return false
			}
			open = open[:len(open)-1]
		case ";":
			return false
		}
	}
	return len(open) == 0
}

func TestTextTellsWherePartsComeFrom(t *testing.T) {
	script := "SELECT 1; UPDATE t SET a = b + 1 WHERE c"
	text := (&Text{Script: script, Start: 10}).Add("SELECT (").Part(Span{27, 32}).Add("\n) FROM ").Part(Span{17, 18})
	if got, want := text.String(), "SELECT (b + 1\n) FROM t"; got != want {
		t.Fatalf("%q, want %q", got, want)
	}
	var got []int
	for _, at := range []int{0, 7, 8, 12, 13, 16, 21, 22, 100} {
		got = append(got, text.Origin(at))
	}
	if want := []int{10, 10, 27, 31, 32, 32, 17, 18, 18}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
