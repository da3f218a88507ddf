package project

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// unitDecl is one entry of unit_tests:.
type unitDecl struct {
	pack              *pack
	name, model, path string
	place, modelPlace diag.Place
	description       string
	layer             layer
	given             []fixtureDecl
	expect            fixtureDecl
	macros, vars, env map[string]any
	include, exclude  []string // versions of the model
	definition        any
}

// fixtureDecl is rows as they are declared; rows is nil where a file or a seed
// has them.
type fixtureDecl struct {
	input   setting
	format  string
	rows    *yamldoc.Node
	fixture string
	place   diag.Place
}

// unit reads one entry of unit_tests:.
func (f *file) unit(m *yamldoc.Map) *unitDecl {
	u := &unitDecl{
		pack: f.pack, name: f.text(m, "name"), model: f.text(m, "model"), path: f.path,
		place: m.Place("name"), modelPlace: m.Place("model"), description: f.description(m), layer: f.layerOf(m.Map("config")),
	}
	f.lift(m, u.layer, "meta", "tags", "enabled")
	for _, need := range [][2]string{{"name", u.name}, {"model", u.model}} {
		if need[1] == "" {
			f.problems.Errorf("missing-key", m.Here(), "the unit test has no `%s`", need[0])
			u.place, u.modelPlace = m.Here(), m.Here()
		}
	}
	var definition []any
	for _, one := range m.Maps("given", "an entry of `given`") {
		u.given = append(u.given, f.fixture(one, true))
	}
	if !m.Has("expect") {
		f.problems.Errorf("missing-key", m.Here(), "the unit test `%s` does not say what it expects", u.name)
	}
	u.expect = f.fixture(m.Map("expect"), false)
	over := m.Map("overrides")
	u.macros, u.vars, u.env = over.Values("macros"), over.Values("vars"), over.Values("env_vars")
	over.Done()
	versions := m.Map("versions")
	u.include, u.exclude = versions.Texts("include"), versions.Texts("exclude")
	if u.include != nil && u.exclude != nil {
		f.problems.Errorf("bad-value", m.Place("versions"), "`versions` has both `include` and `exclude`").WithHint("keep one of the two")
	}
	versions.Done()
	for _, key := range []string{"given", "expect", "overrides", "versions"} {
		definition = append(definition, m.Value(key))
	}
	u.definition = definition
	m.Done()
	return u
}

var formats = []string{FormatDict, FormatCSV, FormatSQL}

func (f *file) fixture(m *yamldoc.Map, given bool) fixtureDecl {
	d := fixtureDecl{format: m.Text("format"), fixture: f.text(m, "fixture"), rows: m.Node("rows"), place: m.Here()}
	if given {
		d.input = setting{m.Text("input"), m.Place("input")}
		if !m.Has("input") {
			f.problems.Errorf("missing-key", m.Here(), "an entry of `given` has no `input`").WithHint("write input: ref('orders')")
		}
	}
	if d.format == "" {
		d.format = FormatDict
	}
	if !slices.Contains(formats, d.format) {
		f.problems.Errorf("bad-value", m.Place("format"), "the `format` of rows cannot be `%s`", d.format).Hint = yamldoc.KeyHint(d.format, formats)
	}
	m.Done()
	return d
}

// rowsOf reads what a fixture holds; file gives the text of fixture files and
// seeds. Errors are added to the problems.
func (d fixtureDecl) rowsOf(ps *diag.Problems, file func(fixtureDecl) (text string, ok bool)) Fixture {
	out := Fixture{Format: d.format, Name: d.fixture}
	out.Input, _ = d.input.value.(string)
	switch {
	case d.format == FormatDict && d.rows != nil:
		out.dicts(ps, d.rows)
		return out
	case d.rows != nil && d.rows.Kind != yamldoc.String:
		ps.Errorf("wrong-kind", d.rows.Place, "rows in the format `%s` must be text, not %s", d.format, d.rows.Kind)
		return out
	}
	var text string
	ok := true
	switch {
	case d.fixture == "" && d.rows != nil:
		text = d.rows.Text
	case d.fixture == "" && d.format != FormatDict:
		ps.Errorf("missing-key", d.place, "a fixture in the format `%s` needs `rows` or `fixture`", d.format)
		return out
	default: // a file, or the seed that the input names
		text, ok = file(d)
	}
	if !ok {
		return out
	}
	if d.format == FormatSQL {
		out.SQL = text
		return out
	}
	out.csv(ps, text, d.place, d.format == FormatDict)
	return out
}

// dicts reads a list of mappings.
func (x *Fixture) dicts(ps *diag.Problems, rows *yamldoc.Node) {
	if rows.Kind != yamldoc.Sequence {
		ps.Errorf("wrong-kind", rows.Place, "`rows` must be a list of mappings, not %s", rows.Kind)
		return
	}
	x.Rows = []map[string]any{}
	for _, n := range rows.Items() {
		if n.Kind != yamldoc.Mapping {
			ps.Errorf("wrong-kind", n.Place, "a row must be a mapping of columns to values, not %s", n.Kind)
			continue
		}
		row := map[string]any{}
		for _, field := range n.Fields() {
			if !slices.Contains(x.Columns, field.Key) {
				x.Columns = append(x.Columns, field.Key)
			}
			row[field.Key] = field.Value.Value()
		}
		x.Rows = append(x.Rows, row)
	}
}

// csv reads a table of text; empty values are nil, but for seeds, which keep
// them as dbt does.
func (x *Fixture) csv(ps *diag.Problems, text string, place diag.Place, keepEmpty bool) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	x.Rows = []map[string]any{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			ps.Errorf("bad-csv", place, "the rows are no CSV: %v", err).WithCause(err)
			return
		}
		if x.Columns == nil {
			x.Columns = record
			continue
		}
		row := map[string]any{}
		for i, name := range x.Columns {
			row[name] = nil
			if i < len(record) && (record[i] != "" || keepEmpty) {
				row[name] = record[i]
			}
		}
		x.Rows = append(x.Rows, row)
	}
}
