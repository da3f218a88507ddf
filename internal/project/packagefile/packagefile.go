// Package packagefile is for the files in which a project says which packages
// it uses: packages.yml, dependencies.yml and package-lock.yml.
//
// It promises that every form dbt knows is read, with places. It leaves
// fetching and reading packages to others.
package packagefile

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// The names of the files; a project has one of the first two.
const (
	File         = "packages.yml"
	Dependencies = "dependencies.yml"
	Lock         = "package-lock.yml"
)

// Spec is one package that is asked for. Exactly one of Hub, Git, Local,
// Tarball and Private is set.
type Spec struct {
	Hub, Git, Local, Tarball, Private string
	// Name is what an entry is called, where it says so (tarballs, locks).
	Name string
	// Versions are ranges of versions of a hub's package; Revision is a git
	// tag, branch or commit.
	Versions          []string
	Revision          string
	Subdirectory      string
	Provider          string
	InstallPrerelease bool
	Place             diag.Place
}

// Project is a project of dbt mesh that dependencies.yml names.
type Project struct {
	Name  string
	Place diag.Place
}

// Content is what a file says.
type Content struct {
	Packages []Spec
	Projects []Project
	// Hash is what package-lock.yml says of the file it was made from.
	Hash string
}

// String returns what an entry asks for, as people call it.
func (s Spec) String() string {
	for _, text := range []string{s.Hub, s.Local, s.Name, s.Git, s.Tarball, s.Private} {
		if text != "" {
			return text
		}
	}
	return ""
}

// Folder is the name of the folder that the package is probably installed in:
// its own name, which hubs and repositories mostly share.
func (s Spec) Folder() string {
	if s.Name != "" {
		return s.Name
	}
	text := s.String()
	if s.Subdirectory != "" {
		text = s.Subdirectory
	}
	text = strings.TrimSuffix(strings.TrimRight(text, "/"), ".git")
	return text[strings.LastIndexAny(text, "/:")+1:]
}

// Read reads the tree of one of the files. render replaces templates in texts;
// nil leaves them.
func Read(r *yamldoc.Reader, root *yamldoc.Node, render func(text string, place diag.Place) string) Content {
	if render == nil {
		render = func(text string, _ diag.Place) string { return text }
	}
	var out Content
	m := r.Map(root, "the file")
	for _, one := range m.Maps("packages", "an entry of `packages`") {
		if s, ok := readSpec(r, one, render); ok {
			out.Packages = append(out.Packages, s)
		}
	}
	for _, one := range m.Maps("projects", "an entry of `projects`") {
		out.Projects = append(out.Projects, Project{one.Text("name"), one.Place("name")})
		one.Done()
	}
	out.Hash = m.Text("sha1_hash")
	m.Done()
	return out
}

func readSpec(r *yamldoc.Reader, m *yamldoc.Map, render func(string, diag.Place) string) (Spec, bool) {
	text := func(key string) string { return strings.TrimSpace(render(m.Text(key), m.Place(key))) }
	s := Spec{
		Hub: text("package"), Git: text("git"), Local: text("local"), Tarball: text("tarball"), Private: text("private"),
		Name: text("name"), Revision: text("revision"), Subdirectory: text("subdirectory"), Provider: text("provider"), Place: m.Here(),
	}
	s.InstallPrerelease = m.Bool("install_prerelease", m.Bool("install-prerelease", false))
	for _, v := range m.Texts("version") {
		s.Versions = append(s.Versions, render(v, m.Place("version")))
	}
	m.Known("warn-unpinned", "warn_unpinned", "unrendered")
	m.Done()
	kinds := 0
	for _, v := range []string{s.Hub, s.Git, s.Local, s.Tarball, s.Private} {
		if v != "" {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		r.Problems.Errorf("bad-package", m.Here(), "an entry names one package, with `package`, `git`, `local`, `tarball` or `private`").
			WithHint("write - package: dbt-labs/dbt_utils, with a `version`")
		return s, false
	case s.Hub != "" && !strings.Contains(s.Hub, "/"):
		r.Problems.Errorf("bad-package", m.Place("package"), "`%s` is not the name of a package of the hub", s.Hub).
			WithHint("it begins with its owner: dbt-labs/dbt_utils")
		return s, false
	case s.Hub != "" && len(s.Versions) == 0:
		r.Problems.Errorf("bad-package", m.Here(), "`%s` has no `version`", s.Hub).WithHint("write the version, or a range: version: [\">=1.0.0\", \"<2.0.0\"]")
		return s, false
	}
	return s, true
}
