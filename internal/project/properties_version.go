package project

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// versionDecl is one entry of a model's versions:.
type versionDecl struct {
	v, definedIn, description string
	layer                     layer
	columns                   []columnDecl
	// include and exclude say which of the model's own columns it has; nil
	// includes all.
	include, exclude []string
	tests            []*genericDecl
	hasTests         bool
	constraints      []Constraint
	deprecated       string
	place            diag.Place
}

// versions reads a model's versions, and which of them is the latest.
func (f *file) versions(p *patch, m *yamldoc.Map) []*versionDecl {
	var out []*versionDecl
	for _, one := range m.Maps("versions", "a version") {
		v := &versionDecl{v: f.text(one, "v"), definedIn: f.text(one, "defined_in"), description: f.description(one), place: one.Here()}
		if v.v == "" {
			f.problems.Errorf("missing-key", one.Here(), "the version has no `v`").WithHint("write - v: 2")
			one.Rest()
			continue
		}
		if slices.ContainsFunc(out, func(other *versionDecl) bool { return other.v == v.v }) {
			f.problems.Errorf("duplicate-version", one.Place("v"), "the model `%s` has the version %s twice", p.name, v.v)
			one.Rest()
			continue
		}
		v.layer = f.layerOf(one.Map("config"))
		f.lift(one, v.layer, "access", "docs", "meta", "group")
		v.columns, v.tests = f.columns(one), f.tests(one, nil)
		v.hasTests = len(v.tests) > 0 || one.Has("data_tests") // dbt passes over an empty `tests`
		v.constraints, v.deprecated = f.constraints(one), f.moment(one, "deprecation_date")
		for _, c := range one.List("columns") {
			if c.Get("include") != nil {
				v.include = f.names(c.Get("include"))
			}
			if c.Get("exclude") != nil {
				v.exclude = f.names(c.Get("exclude"))
			}
		}
		one.Done()
		out = append(out, v)
	}
	if p.latest == "" && len(out) > 0 {
		p.latest = slices.MaxFunc(out, func(a, b *versionDecl) int { return compareVersions(a.v, b.v) }).v
	}
	if p.latest != "" && !slices.ContainsFunc(out, func(v *versionDecl) bool { return v.v == p.latest }) {
		f.problems.Errorf("bad-value", m.Place("latest_version"), "`latest_version: %s` is none of the versions of `%s`", p.latest, p.name)
	}
	return out
}

// names reads columns that are listed; * and all are every one.
func (f *file) names(n *yamldoc.Node) []string {
	return f.reader.Texts(n, "a list of columns")
}

func isAll(names []string) bool { return len(names) == 1 && (names[0] == "*" || names[0] == "all") }

// includes reports whether a version has a column of the model's.
func (v *versionDecl) includes(name string) bool {
	in := v.include == nil || isAll(v.include) || slices.Contains(v.include, name)
	out := isAll(v.exclude) || slices.Contains(v.exclude, name)
	return in && !out
}

// compareVersions orders versions: as numbers where both are.
func compareVersions(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}

// versioned returns what is said about one version of a model.
func versioned(p *patch, v *versionDecl) *patch {
	out := *p
	out.versions, out.version = nil, v.v
	out.place = v.place
	out.description = cmp.Or(v.description, p.description)
	out.layer = merge(p.layer, v.layer)
	out.columns = nil
	for _, c := range p.columns {
		if v.includes(c.Name) {
			out.columns = append(out.columns, c)
		}
	}
	for _, own := range v.columns {
		i := slices.IndexFunc(out.columns, func(c columnDecl) bool { return c.Name == own.Name })
		if i < 0 {
			out.columns = append(out.columns, own)
			continue
		}
		own.tests = slices.Concat(out.columns[i].tests, own.tests)
		out.columns[i] = own
	}
	if v.hasTests {
		out.tests = v.tests
	}
	if v.constraints != nil {
		out.constraints = v.constraints
	}
	out.deprecated = v.deprecated
	return &out
}
