package ignore

import "testing"

func TestPatternsMeanWhatTheyMeanToGit(t *testing.T) {
	rules := Parse("# a comment\n\n*.tmp.sql\n/models/old\nlegacy/\n!models/keep.tmp.sql\ndeep/**/x.sql\nv?[0-9].sql\n[!a]b.sql\n\\#odd.sql\n[z-a].sql\n")
	for path, want := range map[string]bool{
		"models/a.sql":           false,
		"models/a.tmp.sql":       true,
		"models/keep.tmp.sql":    false,
		"models/old/a.sql":       true,
		"models/old":             true,
		"other/models/old/a.sql": false,
		"models/legacy/a.sql":    true,
		"models/legacy":          false,
		"deep/x.sql":             true,
		"deep/a/b/x.sql":         true,
		"models/v_1.sql":         true,
		"models/v_x.sql":         false,
		"models/cb.sql":          true,
		"models/ab.sql":          false,
		"models/#odd.sql":        true,
	} {
		if got := rules.Ignores(path); got != want {
			t.Errorf("%s: ignored is %v", path, got)
		}
	}
	if (Rules{}).Ignores("models/a.sql") {
		t.Error("no rules ignore something")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("*.sql\n!a/[b-]**/", "a/b/c.sql")
	f.Fuzz(func(_ *testing.T, text, path string) { Parse(text).Ignores(path) })
}
