package project

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// sourceDecl is a table of a source as one file declares it: dbt's properties,
// or an ingest file, which sets ingest.
type sourceDecl struct {
	source, table      string
	schema, identifier string
	description        string
	path               string
	patchPath          string // dbt's file, where an ingest file declares it too
	place              diag.Place
	layers             []layer
	columns            []Column
	tests              []*genericDecl
	ingest             *Ingest
}

// harmlessSourceKeys are understood by dbt and change nothing here.
var harmlessSourceKeys = []string{"database", "catalog", "loader", "loaded_at_field", "loaded_at_query", "freshness", "quoting"}

// source reads one of dbt's sources: a declaration for each of its tables.
func (f *file) source(m *yamldoc.Map) []*sourceDecl {
	name, schema := m.Text("name"), f.text(m, "schema")
	if name == "" {
		f.problems.Errorf("missing-key", m.Here(), "the source has no `name`")
	}
	outer := f.layerOf(m.Map("config"))
	f.lift(m, outer, "meta", "tags", "enabled")
	description := f.description(m)
	if m.Has("overrides") {
		f.problems.Warnf("not-there-yet", m.KeyPlace("overrides"), "`overrides` is not there yet: it has no effect")
	}
	var out []*sourceDecl
	for _, t := range m.Maps("tables", "a table of a source") {
		d := f.sourceTable(t)
		if d == nil || name == "" {
			continue
		}
		d.source, d.schema = name, schema
		d.layers = append([]layer{outer}, d.layers...)
		if d.description == "" {
			d.description = description
		}
		out = append(out, d)
	}
	m.Known(harmlessSourceKeys...)
	m.Done()
	return out
}

func (f *file) sourceTable(m *yamldoc.Map) *sourceDecl {
	d := &sourceDecl{table: m.Text("name"), identifier: f.text(m, "identifier"), path: f.path, place: m.Place("name")}
	if d.table == "" {
		f.problems.Errorf("missing-key", m.Here(), "the table has no `name`")
		return nil
	}
	d.description = f.description(m)
	own := f.layerOf(m.Map("config"))
	f.lift(m, own, "meta", "tags", "enabled")
	d.layers = []layer{own}
	var onColumns []*genericDecl
	d.columns, onColumns = f.columns(m)
	d.tests = append(f.tests(m, nil), onColumns...)
	m.Known(harmlessSourceKeys...)
	m.Known("external")
	m.Done()
	return d
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
