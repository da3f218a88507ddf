package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// sourceDecl is a table of a source as one file declares it: dbt's properties,
// or an ingest file, which sets ingest.
type sourceDecl struct {
	pack               *pack
	source, table      string
	schema, identifier string
	description        string
	docBlocks          []string
	path               string
	patchPath          string // dbt's file, where an ingest file declares it too
	place              diag.Place
	layers             []layer
	columns            []Column
	tests              []*genericDecl
	tags               []string // the source's and the table's own, which its tests have too
	dbt                *SourceTable
	ingest             *Ingest
	// overrides is the package whose source this changes, "" for none.
	overrides string
	// whole is a source of which no table is named: it changes all of them.
	whole bool
}

// sourceKeys are settings that may stand beside `config:`.
var sourceKeys = []string{"meta", "tags", "enabled", "freshness", "loaded_at_field", "loaded_at_query"}

// source reads one of dbt's sources: a declaration for each of its tables.
func (f *file) source(m *yamldoc.Map) []*sourceDecl {
	name, schema := f.text(m, "name"), f.text(m, "schema")
	if name == "" {
		f.problems.Errorf("missing-key", m.Here(), "the source has no `name`")
	}
	outer := f.layerOf(m.Map("config"))
	f.lift(m, outer, sourceKeys...)
	base := sourceDecl{pack: f.pack, source: name, schema: schema, overrides: f.text(m, "overrides"), path: f.path, place: m.Place("name")}
	base.description = f.description(m)
	base.dbt = &SourceTable{Database: f.text(m, "database"), Loader: f.text(m, "loader"), Quoting: m.Values("quoting"), SourceDescription: base.description}
	base.dbt.SourceMeta = (&decoder{problems: f.problems, layer: outer}).mapping("meta")
	var out []*sourceDecl
	for _, t := range m.Maps("tables", "a table of a source") {
		d := f.sourceTable(t)
		if d == nil || name == "" {
			continue
		}
		d.pack, d.source, d.schema, d.overrides = base.pack, name, schema, base.overrides
		d.layers = append([]layer{outer}, d.layers...)
		table := *base.dbt
		table.External = d.dbt.External
		table.Quoting, _ = mergeMaps(anyMap(base.dbt.Quoting), anyMap(d.dbt.Quoting)).(map[string]any)
		d.dbt = &table
		d.tags = slices.Concat(f.texts(m, "tags"), d.tags)
		out = append(out, d)
	}
	if base.overrides != "" { // what is said about the source is for the tables that are not named, too
		base.whole, base.layers, base.description = true, []layer{outer}, ""
		out = append([]*sourceDecl{&base}, out...)
	}
	m.Known("catalog", "tables")
	m.Done()
	return out
}

// anyMap is nil where the mapping has nothing.
func anyMap(m map[string]any) any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func (f *file) sourceTable(m *yamldoc.Map) *sourceDecl {
	d := &sourceDecl{table: f.text(m, "name"), identifier: f.text(m, "identifier"), path: f.path, place: m.Place("name")}
	if d.table == "" {
		f.problems.Errorf("missing-key", m.Here(), "the table has no `name`")
		return nil
	}
	d.description, d.docBlocks = f.documented(m)
	own := f.layerOf(m.Map("config"))
	f.lift(m, own, sourceKeys...)
	for key, s := range f.emptied(m, "freshness", "loaded_at_field") {
		own[key] = s
	}
	d.layers = []layer{own}
	d.tags = f.texts(m, "tags")
	var onColumns []*genericDecl
	d.columns, onColumns = columnsOf(f.columns(m))
	d.tests = append(f.tests(m, nil), onColumns...)
	d.dbt = &SourceTable{Quoting: m.Values("quoting"), External: m.Values("external")}
	m.Known("loader", "database", "catalog", "data_type", "docs")
	m.Done()
	return d
}

// emptied returns the keys that are there with no value, which takes back what
// the source says: `freshness: null`.
func (f *file) emptied(m *yamldoc.Map, keys ...string) layer {
	out := layer{}
	for _, field := range m.Fields() {
		if field.Value.Kind == yamldoc.Null && slices.Contains(keys, field.Key) {
			out[field.Key] = setting{nil, field.Place}
		}
	}
	return out
}

// text reads a single value in which templates are rendered.
func (f *file) text(m *yamldoc.Map, key string) string {
	n := m.Node(key)
	if n == nil {
		return ""
	}
	if !n.IsScalar() {
		return m.Text(key) // reports it
	}
	if !hasTemplate(n.Text) {
		return n.Text
	}
	return plainText(f.render(n.Text, n.Place))
}

// texts reads a list of single values, or one, in which templates are rendered.
func (f *file) texts(m *yamldoc.Map, key string) []string {
	texts := m.Texts(key)
	for i, text := range texts {
		texts[i] = plainText(f.render(text, m.Place(key)))
	}
	return texts
}
