package project

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/dbtversion"
	"github.com/tarn-lake/tarn/internal/project/profile"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// File is the name of dbt's project file.
const File = "dbt_project.yml"

// layout is where dbt_project.yml says that files lie, within the package.
type layout struct {
	models, seeds, tests, analyses, macros, snapshots, docs []string
}

// roots returns every folder that may hold properties files.
func (l layout) roots() []string {
	var all []string
	for _, paths := range [][]string{l.models, l.seeds, l.snapshots, l.analyses, l.macros, l.tests} {
		all = append(all, paths...)
	}
	return all
}

var projectName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// harmlessProjectKeys are understood by dbt and change nothing here.
var harmlessProjectKeys = []string{
	"config-version", "analyses", "log-path", "asset-paths", "function-paths", "dbt-cloud", "sync", "functions", "target-schema", "packages",
}

// readProjectFile reads the project's own dbt_project.yml; false where that
// cannot be done.
func (l *loader) readProjectFile() bool {
	p := l.project
	k := &pack{Package: p.Packages[0], isRoot: true}
	k.context = newContextFactory(l.options)
	l.packs = []*pack{k}
	if !k.exists(File) {
		l.problems.Errorf("no-project", diag.Place{File: File}, "there is no dbt_project.yml here").
			WithHint("go to the project's folder, name it with --project-dir, or start a project with `tarn init`")
		return false
	}
	f := l.openYAML(k, File, l.problems, true)
	root := f.parse()
	if root == nil {
		return false
	}
	m := f.reader.Map(root, "the file")
	p.Profile = f.text(m, "profile")
	if l.options.Profile != "" {
		p.Profile = l.options.Profile
	}
	l.readProfile(k)
	l.readPackageFile(f, m, root)
	p.Name, p.Version, p.Vars = k.Name, k.Version, k.Vars
	p.TargetPath, p.PackagesPath = "target", "dbt_packages"
	for i, into := range []*string{&p.TargetPath, &p.PackagesPath} {
		key := []string{"target-path", "packages-install-path"}[i]
		if given := strings.TrimSpace(f.text(m, key)); given != "" {
			*into = path.Clean(given)
		}
	}
	p.CleanTargets = []string{p.TargetPath}
	if m.Has("clean-targets") {
		p.CleanTargets = cleanPaths(f, m, "clean-targets")
	}
	p.Flags, p.QueryComment = m.Values("flags"), m.Value("query-comment")
	m.Known(harmlessProjectKeys...)
	m.Done()
	return true
}

// readProfile reads the target's name and schema from dbt's profiles.yml, where
// there is one with the project's profile.
func (l *loader) readProfile(k *pack) {
	if len(l.options.Profiles) == 0 || l.project.Profile == "" {
		return
	}
	// Nothing here is needed, so that nothing here can keep a project from
	// loading: outputs are for connections that Tarn does not make.
	problems := &diag.Problems{}
	f := l.openYAML(k, l.options.ProfilesPath, problems, true)
	render := func(text string, place diag.Place) string {
		v := f.render(text, place)
		if v == nil {
			return ""
		}
		return plainText(v)
	}
	l.profile = profile.Read(f.reader, f.reader.Parse(f.path, l.options.Profiles), l.project.Profile, l.options.Target, render)
	for _, p := range problems.All() {
		p.Severity = diag.Warning
		l.problems.Add(p)
	}
	k.context = k.context.profiled(l.profile)
}

// readInstalledFile reads the dbt_project.yml of a package.
func (l *loader) readInstalledFile(k *pack) bool {
	f := l.openYAML(k, k.shown(File), l.problems, true)
	root := f.parse()
	if root == nil {
		return false
	}
	m := f.reader.Map(root, "the file")
	l.readPackageFile(f, m, root)
	m.Known("target-path", "packages-install-path", "clean-targets", "flags", "query-comment", "profile")
	m.Known(harmlessProjectKeys...)
	m.Done()
	return true
}

// readPackageFile reads what the project and its packages have alike.
func (l *loader) readPackageFile(f *file, m *yamldoc.Map, root *yamldoc.Node) {
	k := f.pack
	k.Name, k.Version = m.Text("name"), m.Text("version")
	if !projectName.MatchString(k.Name) {
		place := root.Place
		if m.Has("name") {
			place = m.Place("name")
		}
		l.problems.Errorf("bad-name", place, "the project's name must be letters, digits and underscores, not `%s`", k.Name).
			WithHint("write `name: shop`")
	}
	if k.isRoot {
		l.project.Name, f.root = k.Name, k.Name
	}
	l.requireVersion(f, m)
	k.vars = m.Values("vars")
	k.Vars = map[string]any{}
	k.addVars(k.vars, k.Name)
	maps.Copy(k.Vars, l.options.Vars)
	k.context.pkg, k.context.vars = k.Name, k.Vars
	f.context = k.context
	k.readPaths(f, m)
	k.readTrees(f, m)
	k.readHooks(m)
	k.RestrictAccess = m.Bool("restrict-access", false)
	k.Quoting = m.Values("quoting")
	for _, one := range m.Maps("dispatch", "an entry of `dispatch`") {
		k.Dispatch = append(k.Dispatch, template.DispatchRule{Namespace: one.Text("macro_namespace"), SearchOrder: f.texts(one, "search_order")})
		one.Done()
	}
}

// requireVersion checks which versions of dbt the package was written for.
func (l *loader) requireVersion(f *file, m *yamldoc.Map) {
	for _, given := range f.texts(m, "require-dbt-version") {
		for _, one := range strings.Split(given, ",") {
			fits, err := dbtversion.Fits(template.Version, one)
			switch {
			case err != nil:
				l.problems.Errorf("bad-value", m.Place("require-dbt-version"), "`require-dbt-version`: %v", err).
					WithHint("write it as [\">=1.6.0\", \"<2.0.0\"]")
			case !fits && l.project.Flags["version_check"] != false:
				l.problems.Warnf("dbt-version", m.Place("require-dbt-version"), "`%s` asks for dbt %s, and what it means here is dbt %s", f.pack.Name, strings.TrimSpace(one), template.Version).
					WithHint("what has changed between the two may differ")
			}
		}
	}
}

// addVars lays variables over those there are: global ones, then those of the
// package alone.
func (k *pack) addVars(declared map[string]any, pkg string) {
	for name, v := range declared {
		if _, scoped := v.(map[string]any); !scoped || name != pkg {
			k.Vars[name] = v
		}
	}
	if own, ok := declared[pkg].(map[string]any); ok {
		maps.Copy(k.Vars, own)
	}
}

// shareVars lets packages see the project's variables, which win over theirs.
func (l *loader) shareVars() {
	root := l.root()
	for _, k := range l.packs[1:] {
		k.addVars(root.vars, k.Name)
		if root.vars[k.Name] == nil {
			delete(k.Vars, root.Name)
		}
		maps.Copy(k.Vars, l.options.Vars)
	}
}

func (k *pack) readPaths(f *file, m *yamldoc.Map) {
	for _, p := range []struct {
		key, before string // before is its name in dbt's older versions
		into        *[]string
		standard    string
	}{
		{"model-paths", "source-paths", &k.layout.models, "models"},
		{"seed-paths", "data-paths", &k.layout.seeds, "seeds"},
		{"test-paths", "", &k.layout.tests, "tests"},
		{"analysis-paths", "", &k.layout.analyses, "analyses"},
		{"macro-paths", "", &k.layout.macros, "macros"},
		{"snapshot-paths", "", &k.layout.snapshots, "snapshots"},
	} {
		*p.into = []string{p.standard}
		switch {
		case m.Has(p.key) || m.KeyPlace(p.key) != m.Here():
			*p.into = cleanPaths(f, m, p.key)
			m.Known(p.before)
		case p.before != "" && m.Has(p.before):
			*p.into = cleanPaths(f, m, p.before)
		}
	}
	if m.Has("docs-paths") {
		k.layout.docs = cleanPaths(f, m, "docs-paths")
	}
}

// cleanPaths reads a list of folders, which must lie in the project.
func cleanPaths(f *file, m *yamldoc.Map, key string) []string {
	out := []string{}
	for _, given := range f.texts(m, key) {
		clean := path.Clean(given)
		if !fs.ValidPath(clean) || clean == "." && key != "docs-paths" {
			f.problems.Errorf("bad-path", m.Place(key), "`%s`: `%s` is not a folder within the project", key, given).
				WithHint("write a path relative to dbt_project.yml, with forward slashes")
			continue
		}
		out = append(out, clean)
	}
	return out
}

// treeKeys are the keys of dbt_project.yml that configure kinds of resources.
var treeKeys = []struct {
	kind Kind
	keys []string
}{
	{KindModel, []string{"models"}},
	{KindSeed, []string{"seeds"}},
	{KindSnapshot, []string{"snapshots"}},
	{KindSource, []string{"sources"}},
	{KindTest, []string{"data_tests", "tests"}},
	{KindUnitTest, []string{"unit-tests", "unit_tests"}},
	{KindExposure, []string{"exposures"}},
	{KindMetric, []string{"metrics"}},
	{KindSemanticModel, []string{"semantic-models", "semantic_models"}},
	{KindSavedQuery, []string{"saved-queries", "saved_queries"}},
}

func (k *pack) readTrees(f *file, m *yamldoc.Map) {
	k.trees = map[Kind]*configTree{}
	for _, t := range treeKeys {
		for _, key := range t.keys {
			if n := m.Node(key); n != nil && m.Map(key) != nil {
				k.trees[t.kind] = newConfigTree(f, key, n)
			}
		}
	}
}

// hookKeys are the hooks around a run.
var hookKeys = []string{"on-run-start", "on-run-end"}

// readHooks keeps the hooks around a run, unrendered.
func (k *pack) readHooks(m *yamldoc.Map) {
	k.hooks = map[string][]hookText{}
	for _, key := range hookKeys {
		n := m.Node(key)
		items := n.Items()
		if n.IsScalar() {
			items = []*yamldoc.Node{n}
		}
		texts := m.Texts(key)
		for i, item := range items {
			if i < len(texts) && item.IsScalar() {
				k.hooks[key] = append(k.hooks[key], hookText{item.Text, item.Place})
			}
		}
	}
}
