package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// declarations is what the YAML files say.
type declarations struct {
	patches []*patch
	sources []*sourceDecl
}

// patch is what a properties file says about a resource whose own file lies
// elsewhere, such as a model.
type patch struct {
	kind        Kind
	name        string
	path        string
	place       diag.Place
	description string
	layer       layer
	columns     []Column
	tests       []*genericDecl
}

// laterProperties are the sections of properties files that are not there yet.
var laterProperties = []string{
	"snapshots", "unit_tests", "exposures", "metrics", "groups", "semantic_models", "saved_queries", "functions",
}

// readYAML reads every properties and ingest file.
func (l *loader) readYAML() {
	l.readDocs()
	paths := l.found.properties
	read := make([]declarations, len(paths)+len(l.found.ingest))
	l.each(len(read), func(i int, ps *diag.Problems) {
		if i < len(paths) {
			f := l.openYAML(paths[i], ps, true)
			read[i] = f.properties(l.parse(f))
			return
		}
		f := l.openYAML(l.found.ingest[i-len(paths)], ps, false)
		read[i].sources = f.ingestFile(l.parse(f))
	})
	for _, d := range read {
		l.declared.patches = append(l.declared.patches, d.patches...)
		l.declared.sources = append(l.declared.sources, d.sources...)
	}
}

// properties reads one of dbt's properties files.
func (f *file) properties(root *yamldoc.Node) declarations {
	var d declarations
	m := f.reader.Map(root, "the file")
	m.Known("version", "macros", "anchors")
	for _, section := range []struct {
		key  string
		kind Kind
	}{{"models", KindModel}, {"seeds", KindSeed}, {"analyses", KindAnalysis}, {"data_tests", KindTest}, {"tests", KindTest}} {
		for _, one := range m.Maps(section.key, "an entry of `"+section.key+"`") {
			if p := f.patch(section.kind, one); p != nil {
				d.patches = append(d.patches, p)
			}
		}
	}
	for _, one := range m.Maps("sources", "a source") {
		d.sources = append(d.sources, f.source(one)...)
	}
	for _, key := range laterProperties {
		if m.Has(key) {
			f.problems.Warnf("not-there-yet", m.KeyPlace(key), "`%s` are not there yet: they are left out", key)
		}
	}
	m.Done()
	return d
}

// harmlessPatchKeys are understood by dbt and change nothing here.
var harmlessPatchKeys = []string{"latest_version", "deprecation_date", "constraints", "time_spine", "arguments", "semantic_model", "agg_time_dimension", "primary_entity"}

// patch reads one entry of models: and its like.
func (f *file) patch(kind Kind, m *yamldoc.Map) *patch {
	p := &patch{kind: kind, name: m.Text("name"), path: f.path, place: m.Place("name"), layer: layer{}}
	if p.name == "" {
		f.problems.Errorf("missing-key", m.Here(), "the %s has no `name`", kind)
	}
	p.description = f.description(m)
	p.layer = f.layerOf(m.Map("config"))
	f.lift(m, p.layer, "meta", "docs", "access", "group")
	if m.Has("versions") {
		f.problems.Errorf("not-there-yet", m.KeyPlace("versions"), "versions of a model are not there yet")
	}
	p.columns, p.tests = f.columns(m)
	p.tests = append(f.tests(m, nil), p.tests...)
	m.Known(harmlessPatchKeys...)
	f.reportMisplaced(m)
	m.Done()
	if p.name == "" {
		return nil
	}
	return p
}

// reportMisplaced warns of settings beside `config:`, where dbt passes over them.
func (f *file) reportMisplaced(m *yamldoc.Map) {
	for _, field := range m.Unasked() {
		if isConfigKey(normal(field.Key)) {
			m.Known(field.Key)
			f.problems.Warnf("unknown-key", field.Place, "the key `%s` has no effect here", field.Key).
				WithHint("put it under `config:`")
		}
	}
}

// harmlessColumnKeys are understood by dbt and change nothing here.
var harmlessColumnKeys = []string{"quote", "constraints", "granularity", "policy_tags", "dimension", "entity"}

// columns reads dbt's list of columns and the tests on them.
func (f *file) columns(m *yamldoc.Map) ([]Column, []*genericDecl) {
	var columns []Column
	var tests []*genericDecl
	for _, one := range m.Maps("columns", "a column") {
		name := one.Text("name")
		if name == "" {
			f.problems.Errorf("missing-key", one.Here(), "the column has no `name`")
		}
		c := f.column(name, one.Place("name"), one)
		c.DataType = one.Text("data_type")
		tests = append(tests, f.tests(one, &c)...)
		one.Known(harmlessColumnKeys...)
		one.Done()
		if slices.ContainsFunc(columns, func(other Column) bool { return other.Name == name }) {
			f.problems.Errorf("duplicate-column", c.Place, "the column `%s` is described twice", name)
			continue
		}
		columns = append(columns, c)
	}
	return columns, tests
}

// column reads what dbt's and our own form of a column share.
func (f *file) column(name string, place diag.Place, m *yamldoc.Map) Column {
	c := Column{Name: name, Description: f.description(m), Place: place}
	l := f.layerOf(m.Map("config"))
	f.lift(m, l, "tags", "meta")
	d := decoder{problems: f.problems, layer: l}
	c.Tags, c.Meta = d.texts("tags"), d.mapping("meta")
	return c
}

// description reads a description, in which doc() names a block of a Markdown
// file.
func (f *file) description(m *yamldoc.Map) string {
	text := m.Text("description")
	return f.withDocs(text, m.Place("description"))
}
