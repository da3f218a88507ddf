package packagefile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

func TestAPackageIsAddedAndTheRestStaysAsItIsWritten(t *testing.T) {
	for name, c := range map[string]struct{ source, add, before, after string }{
		"no file":   {"hub", "acme/tools@1.0", "", "packages:\n  - package: acme/tools\n    version: \"1.0\"\n"},
		"no list":   {"local", "../tools", "# mine\nprojects:\n  - name: x\n", "# mine\nprojects:\n  - name: x\npackages:\n  - local: \"../tools\"\n"},
		"none yet":  {"git", "https://example.com/tools.git", "packages: [] # later\nprojects: []\n", "packages:  # later\n  - git: \"https://example.com/tools.git\"\nprojects: []\n"},
		"behind":    {"git", "git@example.com:acme/tools.git@v2", "packages:\n- local: ../a # why\n  # of a\n\n# the end\n", "packages:\n- local: ../a # why\n- git: \"git@example.com:acme/tools.git\"\n  revision: \"v2\"\n  # of a\n\n# the end\n"},
		"a range":   {"hub", "acme/tools@>=1.0.0,<2.0.0", "packages:\n    - local: a\n", "packages:\n    - local: a\n    - package: acme/tools\n      version: [\">=1.0.0\", \"<2.0.0\"]\n"},
		"in place":  {"hub", "acme/my_tools@2.0.0", "packages:\n  # ours\n  - git: https://example.com/my-tools.git\n    revision: main\n  - package: acme/my_tools_more # stays\n    version: 1.0.0\nx: 1\n", "packages:\n  # ours\n  - package: acme/my_tools_more # stays\n    version: 1.0.0\n  - package: acme/my_tools\n    version: \"2.0.0\"\nx: 1\n"},
		"only that": {"hub", "acme/tools@2.0.0", "packages:\n  - package: acme/tools\n    version: 1.0.0\n", "packages:\n  - package: acme/tools\n    version: \"2.0.0\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse(c.source, c.add)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := Add(File, []byte(c.before), s)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.after, string(got)); diff != "" {
				t.Error(diff)
			}
			var ps diag.Problems
			r := &yamldoc.Reader{Problems: &ps, Tolerant: true}
			read := Read(r, r.Parse(File, got), nil)
			if err := ps.Err(); err != nil || read.Packages[len(read.Packages)-1].String() != s.String() {
				t.Error(read, err)
			}
		})
	}
}

func TestAPackageThatCannotBeAddedIsAProblem(t *testing.T) {
	if _, err := Parse("hub", "tools@1.0"); err == nil || !strings.Contains(err.Error(), "bad-flag") {
		t.Error(err)
	}
	if _, err := Parse("hub", "acme/tools"); err == nil {
		t.Error("a package of the hub without a version was taken")
	}
	for _, text := range []string{"packages: [{local: a}]\n", "packages:\n  [{local: a}]\n", "packages: {\n"} {
		if _, _, err := Add(File, []byte(text), Spec{Local: "b"}); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
