package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// macroDecl is what a properties file says about a macro.
type macroDecl struct {
	pkg, name, path string
	place           diag.Place
	description     string
	arguments       []Argument
	meta, docs      map[string]any
}

// macro reads one entry of macros:.
func (f *file) macro(m *yamldoc.Map) *macroDecl {
	d := &macroDecl{pkg: f.pack.Name, name: m.Text("name"), path: f.path, place: m.Place("name"), description: f.description(m)}
	if d.name == "" {
		f.problems.Errorf("missing-key", m.Here(), "the macro has no `name`")
	}
	l := f.layerOf(m.Map("config"))
	f.lift(m, l, "meta", "docs")
	dec := decoder{problems: f.problems, layer: l}
	d.meta, d.docs = dec.mapping("meta"), dec.mapping("docs")
	for _, one := range m.Maps("arguments", "an argument") {
		d.arguments = append(d.arguments, Argument{one.Text("name"), one.Text("type"), f.description(one)})
		one.Done()
	}
	m.Done()
	return d
}

// group reads one entry of groups:.
func (f *file) group(m *yamldoc.Map) *Group {
	g := &Group{Name: f.text(m, "name"), Package: f.pack.Name, Path: f.path, Place: m.Here(), Description: f.description(m)}
	g.ID = "group." + g.Package + "." + g.Name
	if g.Name == "" {
		f.problems.Errorf("missing-key", m.Here(), "the group has no `name`")
	}
	if !m.Has("owner") {
		f.problems.Errorf("missing-key", m.Here(), "the group `%s` has no `owner`", g.Name).WithHint("write owner: {name: …} or owner: {email: …}")
	}
	g.Owner = f.owner(m.Map("owner"))
	l := f.layerOf(m.Map("config"))
	f.lift(m, l, "meta")
	g.Meta = (&decoder{problems: f.problems, layer: l}).mapping("meta")
	m.Done()
	return g
}

func (f *file) owner(m *yamldoc.Map) Owner {
	o := Owner{Name: f.text(m, "name"), Email: f.texts(m, "email")}
	for _, field := range m.Rest() {
		if o.Other == nil {
			o.Other = map[string]any{}
		}
		o.Other[field.Key] = f.render(field.Value.Value(), field.Value.Place)
	}
	return o
}

// entryDecl is an entry that is a resource of its own: an exposure, a metric, a
// semantic model or a saved query.
type entryDecl struct {
	kind        Kind
	pack        *pack
	name, path  string
	place       diag.Place
	description string
	layer       layer
	properties  map[string]any
	exposure    *Exposure
	// calls are texts such as ref('x') that the entry depends on.
	calls []setting
}

// entryKinds are the sections of properties files whose entries are resources.
var entryKinds = []struct {
	key  string
	kind Kind
}{
	{"exposures", KindExposure}, {"metrics", KindMetric}, {"semantic_models", KindSemanticModel}, {"saved_queries", KindSavedQuery},
}

// entry reads one entry of the sections above.
func (f *file) entry(kind Kind, m *yamldoc.Map) *entryDecl {
	d := &entryDecl{kind: kind, pack: f.pack, name: f.text(m, "name"), path: f.path, place: m.Place("name")}
	if d.name == "" {
		f.problems.Errorf("missing-key", m.Here(), "an entry of kind %s has no `name`", kind)
		d.place = m.Here()
	}
	d.properties = map[string]any{}
	for _, field := range m.Fields() {
		if field.Key == "description" || field.Key == "filter" || field.Key == "depends_on" {
			d.properties[field.Key] = field.Value.Value()
			continue
		}
		d.properties[field.Key] = f.render(field.Value.Value(), field.Value.Place)
	}
	d.description = f.description(m)
	d.properties["description"] = d.description
	d.layer = f.layerOf(m.Map("config"))
	f.lift(m, d.layer, "meta", "tags", "group", "enabled")
	switch kind {
	case KindExposure:
		f.exposure(d, m)
	case KindSemanticModel:
		if n := m.Node("model"); n != nil {
			d.calls = append(d.calls, setting{n.Text, n.Place})
		} else {
			f.problems.Errorf("missing-key", m.Here(), "the semantic model `%s` does not say what it is of", d.name).WithHint("write model: ref('orders')")
		}
		m.Known("defaults", "entities", "measures", "dimensions", "primary_entity", "label")
	case KindMetric:
		f.metric(d, m)
	case KindSavedQuery:
		if !m.Has("query_params") {
			f.problems.Errorf("missing-key", m.Here(), "the saved query `%s` has no `query_params`", d.name)
		}
		m.Known("query_params", "exports", "label")
	}
	m.Done()
	return d
}

var metricTypes = []string{"simple", "ratio", "cumulative", "derived", "conversion"}

func (f *file) metric(d *entryDecl, m *yamldoc.Map) {
	if kind := m.Text("type"); !slices.Contains(metricTypes, kind) {
		f.problems.Errorf("bad-value", m.Place("type"), "the metric `%s` cannot be of type `%s`", d.name, kind).Hint = yamldoc.KeyHint(kind, metricTypes)
	}
	m.Known("type_params", "label", "filter", "time_granularity", "agg", "expr")
}

var exposureTypes = []string{"dashboard", "notebook", "analysis", "ml", "application"}

// exposure reads what uses the data outside of the project.
func (f *file) exposure(d *entryDecl, m *yamldoc.Map) {
	e := &Exposure{Type: f.text(m, "type"), URL: f.text(m, "url"), Maturity: f.text(m, "maturity"), Label: f.text(m, "label"), Owner: f.owner(m.Map("owner"))}
	if !slices.Contains(exposureTypes, e.Type) {
		f.problems.Errorf("bad-value", m.Place("type"), "the exposure `%s` cannot be of type `%s`", d.name, e.Type).Hint = yamldoc.KeyHint(e.Type, exposureTypes)
	}
	if e.Owner.Name == "" && len(e.Owner.Email) == 0 {
		f.problems.Errorf("missing-key", m.Here(), "the exposure `%s` has no `owner`", d.name).WithHint("write owner: {name: …, email: …}")
	}
	if maturities := []string{"", "low", "medium", "high"}; !slices.Contains(maturities, e.Maturity) {
		f.problems.Errorf("bad-value", m.Place("maturity"), "`maturity` cannot be `%s`", e.Maturity).Hint = yamldoc.KeyHint(e.Maturity, maturities[1:])
	}
	for _, n := range m.List("depends_on") {
		if n.IsScalar() {
			d.calls = append(d.calls, setting{n.Text, n.Place})
		}
	}
	d.exposure = e
}
