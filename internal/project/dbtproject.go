package project

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// File is the name of dbt's project file.
const File = "dbt_project.yml"

// layout is where dbt_project.yml says that files lie.
type layout struct {
	models, seeds, tests, analyses, macros, snapshots, docs []string
}

// roots returns every folder that may hold properties files.
func (l layout) roots() []string {
	var all []string
	for _, paths := range [][]string{l.models, l.seeds, l.tests, l.analyses, l.macros, l.snapshots} {
		all = append(all, paths...)
	}
	return all
}

var projectName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// harmlessProjectKeys are understood by dbt and change nothing here.
var harmlessProjectKeys = []string{
	"config-version", "profile", "require-dbt-version", "dispatch", "flags", "query-comment", "quoting", "log-path",
	"packages-install-path", "asset-paths", "function-paths", "restrict-access", "dbt-cloud", "sync", "exposures", "metrics",
	"semantic-models", "saved-queries", "unit-tests", "functions", "snapshots", "target-schema",
}

// readProjectFile reads dbt_project.yml; false where that cannot be done.
func (l *loader) readProjectFile(o Options) bool {
	p := l.project
	p.context = newContextFactory(o)
	f := l.openYAML(File, l.problems, true)
	if _, err := fs.Stat(l.fsys, File); errors.Is(err, fs.ErrNotExist) {
		l.problems.Errorf("no-project", diag.Place{File: File}, "there is no dbt_project.yml here").
			WithHint("go to the project's folder, name it with --project-dir, or start a project with `tarn init`")
		return false
	}
	root := l.parse(f)
	if root == nil {
		return false
	}
	m := f.reader.Map(root, "the file")
	p.Name, p.Version = m.Text("name"), m.Text("version")
	if !projectName.MatchString(p.Name) {
		place := root.Place
		if m.Has("name") {
			place = m.Place("name")
		}
		l.problems.Errorf("bad-name", place, "the project's name must be letters, digits and underscores, not `%s`", p.Name).
			WithHint("write `name: shop`")
	}
	p.Vars = projectVars(m.Values("vars"), p.Name, o.Vars)
	p.context.pkg, p.context.vars = p.Name, p.Vars
	f.context = p.context
	l.readPaths(f, m)
	l.readTrees(f, m)
	l.readHooks(m)
	m.Known(harmlessProjectKeys...)
	m.Done()
	return true
}

// projectVars merges the variables: global ones, then those of the package,
// then those of the command line.
func projectVars(declared map[string]any, pkg string, given map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range declared {
		if _, scoped := v.(map[string]any); !scoped || name != pkg {
			out[name] = v
		}
	}
	if own, ok := declared[pkg].(map[string]any); ok {
		maps.Copy(out, own)
	}
	maps.Copy(out, given)
	return out
}

func (l *loader) readPaths(f *file, m *yamldoc.Map) {
	for _, p := range []struct {
		key      string
		into     *[]string
		standard string
	}{
		{"model-paths", &l.layout.models, "models"},
		{"seed-paths", &l.layout.seeds, "seeds"},
		{"test-paths", &l.layout.tests, "tests"},
		{"analysis-paths", &l.layout.analyses, "analyses"},
		{"macro-paths", &l.layout.macros, "macros"},
		{"snapshot-paths", &l.layout.snapshots, "snapshots"},
	} {
		*p.into = []string{p.standard}
		if m.Has(p.key) {
			*p.into = cleanPaths(f, m, p.key)
		}
	}
	if m.Has("docs-paths") {
		l.layout.docs = cleanPaths(f, m, "docs-paths")
	}
	l.project.TargetPath = "target"
	if given := strings.TrimSpace(m.Text("target-path")); given != "" {
		l.project.TargetPath = path.Clean(given)
	}
	l.project.CleanTargets = []string{l.project.TargetPath}
	if m.Has("clean-targets") {
		l.project.CleanTargets = cleanPaths(f, m, "clean-targets")
	}
}

// cleanPaths reads a list of folders, which must lie in the project.
func cleanPaths(f *file, m *yamldoc.Map, key string) []string {
	var out []string
	for _, given := range m.Texts(key) {
		clean := path.Clean(given)
		if !fs.ValidPath(clean) || clean == "." {
			f.problems.Errorf("bad-path", m.Place(key), "`%s`: `%s` is not a folder within the project", key, given).
				WithHint("write a path relative to dbt_project.yml, with forward slashes")
			continue
		}
		out = append(out, clean)
	}
	return out
}

func (l *loader) readTrees(f *file, m *yamldoc.Map) {
	for _, t := range []struct {
		kind Kind
		keys []string
	}{
		{KindModel, []string{"models"}},
		{KindSeed, []string{"seeds"}},
		{KindSource, []string{"sources"}},
		{KindTest, []string{"data_tests", "tests"}},
		{KindAnalysis, []string{"analyses"}},
	} {
		for _, key := range t.keys {
			if n := m.Node(key); n != nil && m.Map(key) != nil {
				l.trees[t.kind] = newConfigTree(f, key, n)
			}
		}
	}
}

// readHooks keeps the hooks around a run, and says that they are not there yet.
func (l *loader) readHooks(m *yamldoc.Map) {
	for key, into := range map[string]*[]string{"on-run-start": &l.project.OnRunStart, "on-run-end": &l.project.OnRunEnd} {
		*into = m.Texts(key)
		if len(*into) > 0 {
			l.problems.Errorf("not-there-yet", m.KeyPlace(key), "`%s` is not there yet", key).WithHint("remove it; what it does would be missing")
		}
	}
}
