package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// What a contract may say; the first is the default.
var (
	contractColumns = []string{"evolve", "freeze", "discard_row", "discard_value"}
	contractTypes   = []string{"evolve", "quarantine", "freeze", "discard_row", "discard_value"}
	contractRows    = []string{"quarantine", "fail"}
)

// ingestFile reads one of ingest/*.yml: a source, and where its tables come
// from.
func (f *file) ingestFile(root *yamldoc.Node) []*sourceDecl {
	if root == nil {
		return nil
	}
	m := f.reader.Map(root, "the file")
	if m == nil {
		if root.Kind == yamldoc.Null {
			f.problems.Warnf("empty-file", root.Place, "the file declares nothing")
		}
		return nil
	}
	name := m.Text("source")
	if name == "" {
		f.problems.Errorf("missing-key", m.Here(), "the file has no `source`").
			WithHint("`source: retail` makes its tables source('retail', …)")
	}
	outer := layer{}
	f.lift(m, outer, "meta", "tags", "enabled")
	description := f.description(m)
	var out []*sourceDecl
	for _, t := range f.entries(m, "tables") {
		d := f.ingestTable(t.Key, t.Place, f.reader.Map(t.Value, "the table `"+t.Key+"`"))
		d.source = name
		d.layers = append([]layer{outer}, d.layers...)
		if d.description == "" {
			d.description = description
		}
		if name != "" {
			out = append(out, d)
		}
	}
	if !m.Has("tables") {
		f.problems.Errorf("missing-key", m.Here(), "the file has no `tables`")
	}
	m.Done()
	return out
}

// entries returns the keys of the mapping under key with their values.
func (f *file) entries(m *yamldoc.Map, key string) []yamldoc.Field {
	sub := m.Map(key)
	return sub.Rest()
}

func (f *file) ingestTable(name string, place diag.Place, m *yamldoc.Map) *sourceDecl {
	in := &Ingest{Place: place, Columns: map[string]string{}, Options: map[string]Option{}, Places: map[string]diag.Place{}}
	d := &sourceDecl{pack: f.pack, table: name, path: f.path, place: place, ingest: in}
	in.From, in.Paths = f.placed(in, m, "from"), f.texts(m, "path")
	if m.Has("path") {
		in.Places["path"] = m.Place("path")
	}
	if in.From == "" {
		f.problems.Errorf("missing-key", place, "the table `%s` does not say where it comes from", name).
			WithHint("`from: file` reads files")
	}
	d.description = f.description(m)
	own := layer{}
	f.lift(m, own, "meta", "tags", "enabled")
	d.layers = []layer{own}
	f.mode(in, m)
	f.contract(in, m.Map("contract"))
	f.ingestPartitions(in, m)
	f.origins(in, m)
	d.tests = f.tests(m, nil)
	f.ingestColumns(d, m)
	for _, option := range m.Rest() {
		in.Options[option.Key] = Option{Value: f.render(option.Value.Value(), option.Value.Place), Place: option.Place}
	}
	return d
}

// origins reads where a source is, where it is at several places.
func (f *file) origins(in *Ingest, m *yamldoc.Map) {
	for _, o := range f.entries(m, "origins") {
		one := f.reader.Map(o.Value, "the origin `"+o.Key+"`")
		origin := Origin{Name: o.Key, Place: o.Place, Options: map[string]Option{}}
		for _, option := range one.Rest() {
			origin.Options[option.Key] = Option{Value: f.render(option.Value.Value(), option.Value.Place), Place: option.Place}
		}
		in.Origins = append(in.Origins, origin)
	}
}

// placed reads a text and keeps its place.
func (f *file) placed(in *Ingest, m *yamldoc.Map, key string) string {
	if m.Has(key) {
		in.Places[key] = m.Place(key)
	}
	return f.text(m, key)
}

func (f *file) contract(in *Ingest, m *yamldoc.Map) {
	for _, c := range []struct {
		key     string
		into    *string
		allowed []string
	}{
		{"columns", &in.Contract.Columns, contractColumns},
		{"types", &in.Contract.Types, contractTypes},
		{"rows", &in.Contract.Rows, contractRows},
	} {
		if m.Has(c.key) {
			in.Places["contract."+c.key] = m.Place(c.key)
		}
		*c.into = f.oneOf(c.key, m.Text(c.key), m.Place(c.key), c.allowed)
	}
	m.Done()
}

// oneOf checks a word against the allowed ones; the first is the default.
func (f *file) oneOf(key, given string, place diag.Place, allowed []string) string {
	if given == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, given) {
		f.problems.Errorf("bad-value", place, "`%s` cannot be `%s`", key, given).Hint = yamldoc.KeyHint(given, allowed)
		return allowed[0]
	}
	return given
}

func (f *file) ingestPartitions(in *Ingest, m *yamldoc.Map) {
	in.PartitionBy = m.Texts("partition_by")
	if m.Has("partition_by") {
		in.Places["partition_by"] = m.Place("partition_by")
	}
	for _, p := range in.PartitionBy {
		if _, _, err := ParsePartition(p); err != nil {
			f.problems.Errorf("bad-partition", m.Place("partition_by"), "%v", err)
		}
	}
}

// ingestColumns reads `columns`, where each column has its type, or a mapping
// with type, description, tests, tags and meta.
func (f *file) ingestColumns(d *sourceDecl, m *yamldoc.Map) {
	for _, c := range f.entries(m, "columns") {
		column := Column{Name: c.Key, Place: c.Place}
		typePlace := c.Value.Place
		switch {
		case c.Value.Kind == yamldoc.Null:
		case c.Value.IsScalar():
			column.DataType = c.Value.Text
		default:
			one := f.reader.Map(c.Value, "the column `"+c.Key+"`")
			column = f.column(c.Key, c.Place, one)
			column.DataType, typePlace = one.Text("type"), one.Place("type")
			d.tests = append(d.tests, f.tests(one, &column)...)
			one.Done()
		}
		d.columns = append(d.columns, column)
		if column.DataType != "" {
			d.ingest.Columns[c.Key] = column.DataType
			d.ingest.Places["columns."+c.Key] = typePlace
		}
	}
}
