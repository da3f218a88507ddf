package packagefile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

func TestEveryFormIsRead(t *testing.T) {
	r := &yamldoc.Reader{Problems: &diag.Problems{}}
	root := r.Parse(File, []byte(`packages:
  - package: dbt-labs/dbt_utils
    version: [">=1.0.0", "<2.0.0"]
    install_prerelease: true
  - {package: x/y, version: 0.5.0}
  - {git: "https://TOKEN@example.test/o/tools.git", revision: v1, subdirectory: sub/deep, warn-unpinned: false}
  - local: ../shared/
  - {tarball: "https://example.test/z.tar.gz", name: z}
  - {private: o/p, provider: github}
projects: [{name: finance}]
sha1_hash: abc
`))
	got := Read(r, root, func(text string, _ diag.Place) string { return strings.ReplaceAll(text, "TOKEN", "secret") })
	if err := r.Problems.Err(); err != nil {
		t.Fatal(err)
	}
	want := Content{
		Packages: []Spec{
			{Hub: "dbt-labs/dbt_utils", Versions: []string{">=1.0.0", "<2.0.0"}, InstallPrerelease: true},
			{Hub: "x/y", Versions: []string{"0.5.0"}},
			{Git: "https://secret@example.test/o/tools.git", Revision: "v1", Subdirectory: "sub/deep"},
			{Local: "../shared/"},
			{Tarball: "https://example.test/z.tar.gz", Name: "z"},
			{Private: "o/p", Provider: "github"},
		},
		Projects: []Project{{Name: "finance"}}, Hash: "abc",
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(diag.Place{})); diff != "" {
		t.Error(diff)
	}
	var folders []string
	for _, s := range got.Packages {
		folders = append(folders, s.Folder())
	}
	if diff := cmp.Diff([]string{"dbt_utils", "y", "deep", "shared", "z", "p"}, folders); diff != "" {
		t.Error(diff)
	}
	if folder := (Spec{Git: "git@example.test:o/tools.git"}).Folder(); folder != "tools" {
		t.Errorf("the folder of a repository is %s", folder)
	}
}

func TestEntriesThatNameNoPackageAreProblems(t *testing.T) {
	for text, want := range map[string]string{
		"packages: [{version: 1.0.0}]":               "packages.yml:1:12: bad-package: an entry names one package, with `package`, `git`, `local`, `tarball` or `private`",
		"packages: [{package: a/b, git: c}]":         "packages.yml:1:12: bad-package: an entry names one package, with `package`, `git`, `local`, `tarball` or `private`",
		"packages: [{package: utils, version: 1.0}]": "packages.yml:1:22: bad-package: `utils` is not the name of a package of the hub",
		"packages: [{package: a/b}]":                 "packages.yml:1:12: bad-package: `a/b` has no `version`",
	} {
		r := &yamldoc.Reader{Problems: &diag.Problems{}}
		Read(r, r.Parse(File, []byte(text)), nil)
		list := r.Problems.All()
		if len(list) != 1 {
			t.Errorf("%s: %v", text, list)
			continue
		}
		list[0].Hint = ""
		if got := list[0].Error(); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
