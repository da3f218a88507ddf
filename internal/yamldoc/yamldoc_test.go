package yamldoc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
)

// TestTranscripts shows each document's tree with places, or its problems.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var ps diag.Problems
			r := &Reader{Problems: &ps, Tolerant: d.HasArg("tolerant")}
			text := strings.NewReplacer("<TAB>", "\t", "<CR>", "\r", "<NUL>", "\x00", "<BAD>", "\xff", "<BOM>", "\ufeff").Replace(d.Input)
			var out strings.Builder
			if root := r.Parse("f.yml", []byte(text)); root != nil && d.Cmd == "parse" {
				show(&out, root, "")
			}
			for _, p := range ps.All() {
				fmt.Fprintln(&out, p)
			}
			return out.String()
		})
	})
}

func show(out *strings.Builder, n *Node, indent string) {
	at := fmt.Sprintf("%d:%d", n.Place.Line, n.Place.Column)
	switch n.Kind {
	case Sequence:
		fmt.Fprintf(out, "list %s\n", at)
		for _, item := range n.Items() {
			out.WriteString(indent + "  - ")
			show(out, item, indent+"    ")
		}
	case Mapping:
		fmt.Fprintf(out, "mapping %s\n", at)
		for _, f := range n.Fields() {
			fmt.Fprintf(out, "%s  %s %d:%d = ", indent, f.Key, f.Place.Line, f.Place.Column)
			show(out, f.Value, indent+"    ")
		}
	default:
		fmt.Fprintf(out, "%#v %s\n", n.Value(), at)
	}
}

func TestGettersReadWhatFitsAndReportWhatDoesNot(t *testing.T) {
	var ps diag.Problems
	r := &Reader{Problems: &ps}
	m := r.Map(r.Parse("f.yml", []byte(strings.Join([]string{
		"name: 2010", "on: yes", "quoted: 'true'", "count: 7", "few: '8'", "many: [a, 1, no]", "one: x", "empty:",
		"sub: {k: v}", "subs: [{a: 1}, 2]", "bad_text: [1]", "bad_bool: maybe", "bad_int: 1.5", "bad_list: {a: 1}", "bad_map: 3",
		"bad_entry: [[1]]", "materialised: view", "nothing_like_it: 1",
	}, "\n"))), "the file")
	got := []any{
		m.Text("name"), m.Bool("on", false), m.Bool("quoted", false), m.Bool("absent", true), m.Int("count", 0), m.Int("few", 0),
		m.Int("absent", 3), m.Texts("many"), m.Texts("one"), m.Has("empty"), m.Map("sub").Text("k"), len(m.Maps("subs", "an entry")),
		m.Text("bad_text"), m.Bool("bad_bool", true), m.Int("bad_int", 9), m.List("bad_list"), m.Map("bad_map").Text("x"), m.Texts("bad_entry"),
		m.Map("absent").Map("deeper").Has("x"), m.Values("sub"), m.Place("count").Line, m.KeyPlace("count").Column, m.Text("materialized"),
	}
	want := []any{
		"2010", true, true, true, 7, 8, 3, []string{"a", "1", "no"}, []string{"x"}, false, "v", 1,
		"", true, 9, []*Node(nil), "", []string(nil), false, map[string]any{"k": "v"}, 4, 1, "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	m.Done()
	var lines []string
	for _, p := range ps.All() {
		lines = append(lines, p.Error())
	}
	wantLines := []string{
		"f.yml:10:16: wrong-kind: an entry must be a mapping, not `2`",
		"f.yml:11:11: wrong-kind: `bad_text` must be text, not a list",
		"f.yml:12:11: wrong-kind: `bad_bool` must be true or false, not `maybe`",
		"f.yml:13:10: wrong-kind: `bad_int` must be a whole number, not `1.5`",
		"f.yml:14:11: wrong-kind: `bad_list` must be a list, not a mapping",
		"f.yml:15:10: wrong-kind: `bad_map` must be a mapping, not `3`",
		"f.yml:16:13: wrong-kind: an entry of `bad_entry` must be text, not a list",
		"f.yml:17:1: unknown-key: unknown key `materialised`\n  hint: did you mean `materialized`?",
		"f.yml:18:1: unknown-key: unknown key `nothing_like_it`\n  hint: known here: absent, bad_bool, bad_entry, bad_int, bad_list, bad_map, bad_text, count, empty, few, many, materialized, name, on, one, quoted, sub, subs",
	}
	if diff := cmp.Diff(wantLines, lines); diff != "" {
		t.Error(diff)
	}
}

func TestTextThatWouldTieUpTheParserIsRefused(t *testing.T) {
	levels := func(n int) string { // each anchor holds ten times the one before
		var b strings.Builder
		b.WriteString("a0: &a0 [x]\n")
		for i := range n {
			fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"brackets": "a: " + strings.Repeat("[", 100000),
		"lists":    strings.Repeat("- ", 100000),
		"aliases":  levels(9),
	} {
		var ps diag.Problems
		if root := (&Reader{Problems: &ps}).Parse("f.yml", []byte(text)); root != nil || ps.Err() == nil {
			t.Errorf("%s: %v", name, ps.Err())
		}
	}
	var ps diag.Problems
	if root := (&Reader{Problems: &ps}).Parse("f.yml", []byte(levels(3))); root == nil || ps.Err() != nil {
		t.Error(ps.Err())
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: 1", "a: [b, {c: d}]", "x: &a {k: 1}\ny: {<<: *a}", "a: |\n  b", "? a\n: b", "- - a", "a: !!str 1", "%YAML 1.1\n---\na: 1", "\"\\u263a\": '", "{a: 1, a: 2}", "<<: [1]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var ps diag.Problems
		r := &Reader{Problems: &ps}
		root := r.Parse("f.yml", text)
		if root == nil && ps.Err() == nil {
			t.Fatal("no tree, and no problem that says why")
		}
		root.Value()
		for _, p := range ps.All() {
			if p.Place.File == "" || p.Message == "" {
				t.Fatalf("a problem without place or message: %#v", p)
			}
		}
	})
}
