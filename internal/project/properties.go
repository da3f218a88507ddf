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
	macros  []*macroDecl
	groups  []*Group
	entries []*entryDecl
	units   []*unitDecl
}

func (d *declarations) add(more declarations) {
	d.patches = append(d.patches, more.patches...)
	d.sources = append(d.sources, more.sources...)
	d.macros = append(d.macros, more.macros...)
	d.groups = append(d.groups, more.groups...)
	d.entries = append(d.entries, more.entries...)
	d.units = append(d.units, more.units...)
}

// patch is what a properties file says about a resource whose own file lies
// elsewhere, such as a model.
type patch struct {
	kind        Kind
	pack        *pack
	name        string
	path        string
	place       diag.Place
	description string
	docBlocks   []string
	layer       layer
	columns     []columnDecl
	tests       []*genericDecl
	constraints []Constraint
	deprecated  string
	properties  map[string]any
	// relation is what a snapshot without a file of its own is of.
	relation setting
	// versions are those of a model; version and latest are set in the patch
	// that [versioned] makes for one of them.
	versions        []*versionDecl
	version, latest string
}

// columnDecl is a column with the tests on it.
type columnDecl struct {
	Column
	tests []*genericDecl
}

// readYAML reads every properties and ingest file.
func (l *loader) readYAML() {
	l.readDocs()
	type job struct {
		pack   *pack
		path   string
		ingest bool
	}
	var jobs []job
	for _, k := range l.packs {
		for _, p := range k.found.properties {
			jobs = append(jobs, job{k, p, false})
		}
		for _, p := range k.found.ingest {
			jobs = append(jobs, job{k, p, true})
		}
	}
	read := make([]declarations, len(jobs))
	l.each(len(read), func(i int, ps *diag.Problems) {
		f := l.openYAML(jobs[i].pack, jobs[i].path, ps, !jobs[i].ingest)
		if jobs[i].ingest {
			read[i].sources = f.ingestFile(f.parse())
			return
		}
		read[i] = f.properties(f.parse())
	})
	for _, d := range read {
		l.declared.add(d)
	}
}

// properties reads one of dbt's properties files.
func (f *file) properties(root *yamldoc.Node) declarations {
	var d declarations
	m := f.reader.Map(root, "the file")
	m.Known("version", "anchors")
	for _, section := range []struct {
		key  string
		kind Kind
	}{
		{"models", KindModel}, {"seeds", KindSeed}, {"snapshots", KindSnapshot}, {"analyses", KindAnalysis},
		{"data_tests", KindTest}, {"tests", KindTest},
	} {
		for _, one := range m.Maps(section.key, "an entry of `"+section.key+"`") {
			if p := f.patch(section.kind, one); p != nil {
				d.patches = append(d.patches, p)
			}
		}
	}
	for _, one := range m.Maps("sources", "a source") {
		d.sources = append(d.sources, f.source(one)...)
	}
	for _, one := range m.Maps("macros", "a macro") {
		d.macros = append(d.macros, f.macro(one))
	}
	for _, one := range m.Maps("groups", "a group") {
		d.groups = append(d.groups, f.group(one))
	}
	for _, section := range entryKinds {
		for _, one := range m.Maps(section.key, "an entry of `"+section.key+"`") {
			d.entries = append(d.entries, f.entry(section.kind, one))
		}
	}
	for _, one := range m.Maps("unit_tests", "a unit test") {
		d.units = append(d.units, f.unit(one))
	}
	if m.Has("functions") {
		f.problems.Warnf("not-there-yet", m.KeyPlace("functions"), "`functions` are not there yet: they are left out")
	}
	m.Done()
	return d
}

// harmlessPatchKeys are understood by dbt and change nothing here.
var harmlessPatchKeys = []string{"arguments", "semantic_model", "agg_time_dimension", "primary_entity", "derived_semantics", "metrics"}

// patch reads one entry of models: and its like.
func (f *file) patch(kind Kind, m *yamldoc.Map) *patch {
	p := &patch{kind: kind, pack: f.pack, name: f.text(m, "name"), path: f.path, place: m.Place("name"), properties: map[string]any{}}
	if p.name == "" {
		f.problems.Errorf("missing-key", m.Here(), "the %s has no `name`", kind)
	}
	p.description, p.docBlocks = f.documented(m)
	p.layer = f.layerOf(m.Map("config"))
	f.lift(m, p.layer, "meta", "docs", "access", "group", "contract")
	if kind == KindSnapshot && m.Has("relation") {
		p.relation = setting{m.Text("relation"), m.Place("relation")}
	}
	p.columns, p.tests = f.columns(m), f.tests(m, nil)
	p.constraints, p.deprecated = f.constraints(m), f.moment(m, "deprecation_date")
	if spine := m.Values("time_spine"); spine != nil {
		p.properties["time_spine"] = spine
	}
	if kind == KindModel {
		p.latest = m.Text("latest_version")
		p.versions = f.versions(p, m)
	}
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
var harmlessColumnKeys = []string{"policy_tags", "dimension", "entity", "docs"}

// columns reads dbt's list of columns and the tests on them.
func (f *file) columns(m *yamldoc.Map) []columnDecl {
	quoteAll := m.Bool("quote_columns", false)
	var out []columnDecl
	for _, one := range m.Maps("columns", "a column") {
		if one.Has("include") || one.Has("exclude") {
			one.Rest() // of a version: read there
			continue
		}
		name := one.Text("name")
		if name == "" {
			f.problems.Errorf("missing-key", one.Here(), "the column has no `name`")
		}
		c := columnDecl{Column: f.column(name, one.Place("name"), one)}
		c.DataType, c.Granularity, c.Constraints = f.text(one, "data_type"), one.Text("granularity"), f.constraints(one)
		if one.Has("quote") {
			quote := one.Bool("quote", false)
			c.Quote = &quote
		} else if quoteAll {
			c.Quote = &quoteAll
		}
		c.tests = f.tests(one, &c.Column)
		one.Known(harmlessColumnKeys...)
		f.reportMisplaced(one)
		one.Done()
		if slices.ContainsFunc(out, func(other columnDecl) bool { return other.Name == name }) {
			f.problems.Errorf("duplicate-column", c.Place, "the column `%s` is described twice", name)
			continue
		}
		out = append(out, c)
	}
	return out
}

// column reads what dbt's and our own form of a column share.
func (f *file) column(name string, place diag.Place, m *yamldoc.Map) Column {
	c := Column{Name: name, Place: place}
	c.Description, c.DocBlocks = f.documented(m)
	l := f.layerOf(m.Map("config"))
	f.lift(m, l, "tags", "meta")
	d := decoder{problems: f.problems, layer: l}
	c.Tags, c.Meta = d.texts("tags"), d.mapping("meta")
	return c
}

// columnsOf returns the columns without their tests, and the tests.
func columnsOf(decls []columnDecl) (columns []Column, tests []*genericDecl) {
	for _, c := range decls {
		columns = append(columns, c.Column)
		tests = append(tests, c.tests...)
	}
	return columns, tests
}

// description reads a description, in which doc() names a block of a Markdown
// file.
func (f *file) description(m *yamldoc.Map) string {
	text, _ := f.documented(m)
	return text
}

// documented is description, with the ids of the blocks.
func (f *file) documented(m *yamldoc.Map) (text string, blocks []string) {
	return f.withDocs(m.Text("description"), m.Place("description"))
}
