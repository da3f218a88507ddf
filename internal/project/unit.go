package project

import (
	"path"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// declareUnits turns unit tests into resources, one for each version of the
// model they test.
func (l *loader) declareUnits() {
	for _, u := range l.declared.units {
		models := l.tested(u)
		if len(models) == 0 {
			l.reportUntested(u)
			continue
		}
		for _, m := range models {
			l.unit(u, m)
		}
	}
}

// tested returns the models that a unit test means: all versions that it does
// not leave out.
func (l *loader) tested(u *unitDecl) []*Resource {
	var out []*Resource
	for _, list := range [][]*Resource{l.project.Resources, l.project.Disabled} {
		for _, r := range list {
			if r.Kind != KindModel || r.Name != u.model || r.Package != u.pack.Name {
				continue
			}
			if r.Version != "" && (u.include != nil && !slices.Contains(u.include, r.Version) || slices.Contains(u.exclude, r.Version)) {
				continue
			}
			out = append(out, r)
		}
	}
	return out
}

func (l *loader) reportUntested(u *unitDecl) {
	if u.model == "" {
		return // reported with its file
	}
	var names []string
	for _, r := range l.project.Resources {
		if r.Kind == KindModel && r.Package == u.pack.Name {
			names = append(names, r.Name)
		}
	}
	found := l.problems.Errorf("unknown-ref", u.modelPlace, "the unit test `%s` is of a model that there is not: `%s`", u.name, u.model)
	if near := ident.Near(u.model, names); len(near) > 0 {
		found.WithHint("did you mean `%s`?", near[0])
	}
}

func (l *loader) unit(u *unitDecl, model *Resource) {
	k := u.pack
	name := u.name
	if model.Version != "" {
		name += "_v" + model.Version
	}
	fqn := slices.Concat([]string{k.Name}, below(k.inner(u.path)), []string{u.model, u.name})
	all := l.layersFor(k, KindUnitTest, fqn, u.layer)
	r := &Resource{
		ID: "unit_test." + k.Name + "." + u.model + "." + name, Kind: KindUnitTest, Name: u.name, Package: k.Name, FQN: fqn,
		Path: u.path, Place: u.place, Description: u.description, Version: model.Version,
		Config:   (&decoder{problems: l.problems, kind: KindUnitTest, layer: all}).config(),
		UnitTest: &UnitTest{Model: u.model, ModelID: model.ID, Macros: u.macros, Vars: u.vars, Env: u.env},
	}
	r.Tags, r.Meta = r.Config.Tags, r.Config.Meta
	r.Checksum = checksumOf([]any{u.model, model.Version, u.definition})
	waits := &pending{disabledAt: all["enabled"].place, unit: u}
	if r.Config.Enabled && !model.Config.Enabled {
		r.Config.Enabled, waits.disabledAt = false, l.pending[model].disabledAt
	}
	l.add(r, waits)
}

// connectUnit finds what the rows of a unit test stand for.
func (l *loader) connectUnit(r *Resource, u *unitDecl) {
	t := r.UnitTest
	t.Given, t.Expect = nil, u.expect.rowsOf(l.problems, l.fixtureFile(u))
	r.DependsOn = []string{t.ModelID}
	for _, g := range u.given {
		x := g.rowsOf(l.problems, l.fixtureFile(u))
		if target := l.input(r, u, g); target != nil {
			x.ID = target.ID
		}
		t.Given = append(t.Given, x)
	}
	model := l.project.ByID(t.ModelID)
	if model != nil && model.Config.Materialized == MaterializedIncremental && t.Macros["is_incremental"] == true &&
		!has(t.Given, func(x Fixture) bool { return x.ID == t.ModelID }) {
		l.problems.Errorf("missing-key", u.place, "the unit test `%s` overrides is_incremental() and does not say what is there already", u.name).
			WithHint("add - input: this, with rows")
	}
}

// input finds the resource that an entry of `given` names.
func (l *loader) input(r *Resource, u *unitDecl, g fixtureDecl) *Resource {
	text, _ := g.input.value.(string)
	if strings.TrimSpace(text) == "" {
		return nil // reported with its file
	}
	if strings.TrimSpace(text) == "this" {
		return l.project.ByID(r.UnitTest.ModelID)
	}
	found, err := l.capture(u.pack, expression(text), g.input.place, nil)
	if err != nil {
		l.problems.AddError("template", g.input.place, err)
		return nil
	}
	switch {
	case len(found.refs) == 1 && len(found.sources) == 0:
		target, _ := l.ref(r, found.refs[0])
		return target
	case len(found.sources) == 1 && len(found.refs) == 0:
		target, _ := l.source(r, found.sources[0])
		return target
	}
	l.problems.Errorf("bad-value", g.input.place, "`input` must name one model or source, or be `this`, not `%s`", text).WithHint("write input: ref('orders')")
	return nil
}

// fixtureFile reads the text of a fixture that is a file, or a seed.
func (l *loader) fixtureFile(u *unitDecl) func(fixtureDecl) (string, bool) {
	return func(d fixtureDecl) (string, bool) {
		if d.fixture == "" {
			return l.seedText(u, d)
		}
		ending := "." + d.format
		if d.format == FormatDict {
			ending = ".csv"
		}
		var known []string
		for _, p := range u.pack.found.fixtures {
			if path.Ext(p) != ending {
				continue
			}
			if stem(p) == d.fixture {
				return l.text(u.pack, p)
			}
			known = append(known, stem(p))
		}
		found := l.problems.Errorf("unknown-fixture", d.place, "there is no fixture `%s`", d.fixture)
		if near := ident.Near(d.fixture, known); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		} else {
			found.WithHint("fixtures are files %s in tests/fixtures", "*"+ending)
		}
		return "", false
	}
}

// seedText reads the seed whose rows an input without rows has.
func (l *loader) seedText(u *unitDecl, d fixtureDecl) (string, bool) {
	text, _ := d.input.value.(string)
	found, err := l.capture(u.pack, expression(text), d.input.place, nil)
	if err == nil && len(found.refs) == 1 {
		ref := found.refs[0]
		if r, _ := l.project.index.ref(l.project.Name, u.pack.Name, ref.Package, ref.Name, ""); r != nil && r.Kind == KindSeed {
			return l.text(l.pack(r.Package), r.Path)
		}
	}
	l.problems.Errorf("missing-key", d.place, "the rows of `%s` are not given", text).WithHint("write `rows`; only the rows of seeds are known without")
	return "", false
}

func (l *loader) text(k *pack, shown string) (string, bool) {
	raw, err := k.read(shown)
	if err != nil {
		l.problems.Add(unreadable(shown, err))
		return "", false
	}
	return string(raw), true
}
