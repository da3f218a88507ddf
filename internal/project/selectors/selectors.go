// Package selectors is for selectors.yml: selections that have names.
//
// It promises that every form dbt knows is read (text, key and value, method
// with its options, union, intersection, exclude) and that what is wrong has
// its place. It leaves to others what a method selects.
package selectors

import (
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// Name is the name of the file.
const Name = "selectors.yml"

// File is what selectors.yml says.
type File struct {
	Selectors []Selector
	// Default is the name of the selector that counts where a command selects
	// nothing, "" for none.
	Default string
}

// Selector is a selection with a name.
type Selector struct {
	Name, Description string
	Definition        Definition
	// Raw is the definition as it was written, for the manifest.
	Raw   any
	Place diag.Place
}

// Definition is one node of a selection: a criterion, or the union or
// intersection of others. Exclude is taken away from it.
type Definition struct {
	// Text is a criterion as on the command line: tag:nightly+, or several that
	// spaces and commas join.
	Text string
	// Criterion is one in parts.
	Criterion    *Criterion
	Union        []Definition
	Intersection []Definition
	Exclude      []Definition
	Place        diag.Place
}

// Criterion is a method with its value and options; depths are -1 where there
// is no bound.
type Criterion struct {
	Method, Value               string
	Parents, Children           bool
	ParentsDepth, ChildrenDepth int
	ChildrensParents            bool
	IndirectSelection           string
}

// ByName returns the selector with the given name, nil where there is none.
func (f File) ByName(name string) *Selector {
	for i := range f.Selectors {
		if f.Selectors[i].Name == name {
			return &f.Selectors[i]
		}
	}
	return nil
}

// Names returns the names of all selectors, sorted.
func (f File) Names() []string {
	var out []string
	for _, s := range f.Selectors {
		out = append(out, s.Name)
	}
	slices.Sort(out)
	return out
}

// reading is one file being read; a selector may use those above it.
type reading struct {
	reader *yamldoc.Reader
	before map[string]Definition
}

// Read reads the tree of a file. render replaces templates in texts.
func Read(r *yamldoc.Reader, root *yamldoc.Node, render func(value any, place diag.Place) any) File {
	var out File
	m := r.Map(root, "the file")
	in := &reading{reader: r, before: map[string]Definition{}}
	for _, one := range m.Maps("selectors", "a selector") {
		s := Selector{Name: one.Text("name"), Description: one.Text("description"), Place: one.Here()}
		n := one.Node("definition")
		if s.Name == "" || n == nil {
			r.Problems.Errorf("missing-key", one.Here(), "a selector needs a `name` and a `definition`")
		}
		isDefault, _ := render(one.Value("default"), one.Place("default")).(bool)
		one.Known("default")
		one.Done()
		if s.Name == "" || n == nil {
			continue
		}
		s.Definition, s.Raw = in.definition(n), n.Value()
		if _, again := in.before[s.Name]; again {
			r.Problems.Errorf("duplicate-selector", s.Place, "the selector `%s` is there twice", s.Name).WithHint("rename one of the two")
			continue
		}
		in.before[s.Name] = s.Definition
		out.Selectors = append(out.Selectors, s)
		switch {
		case isDefault && out.Default != "":
			r.Problems.Errorf("bad-selector", s.Place, "both `%s` and `%s` are the default", out.Default, s.Name).WithHint("keep `default: true` for one of them")
		case isDefault:
			out.Default = s.Name
		}
	}
	m.Known("version")
	m.Done()
	return out
}

// definition reads one node of a selection.
func (in *reading) definition(n *yamldoc.Node) Definition {
	d := Definition{Place: n.Place}
	switch {
	case n.IsScalar():
		d.Text = n.Text
	case n.Kind != yamldoc.Mapping:
		in.reader.Problems.Errorf("wrong-kind", n.Place, "a definition must be text or a mapping, not %s", n.Kind)
	case n.Get("union") != nil:
		d.Union, d.Exclude = in.parts(n.Get("union"))
		in.alone(n, "union")
	case n.Get("intersection") != nil:
		d.Intersection, d.Exclude = in.parts(n.Get("intersection"))
		in.alone(n, "intersection")
	case n.Get("method") != nil:
		return in.method(n)
	case len(n.Fields()) == 1:
		field := n.Fields()[0]
		if field.Key == "exclude" {
			in.reader.Problems.Errorf("bad-selector", field.Place, "`exclude` stands within a `union` or an `intersection`, or beside a `method`")
			return d
		}
		if !field.Value.IsScalar() {
			in.reader.Problems.Errorf("wrong-kind", field.Place, "the value of `%s` must be text", field.Key)
			return d
		}
		d.Criterion = &Criterion{Method: field.Key, Value: field.Value.Text, ParentsDepth: -1, ChildrenDepth: -1}
	default:
		in.reader.Problems.Errorf("bad-selector", n.Place, "a definition is one key with its value, or has `method` and `value`")
	}
	return d
}

func (in *reading) alone(n *yamldoc.Node, key string) {
	for _, f := range n.Fields() {
		if f.Key != key {
			in.reader.Problems.Errorf("bad-selector", f.Place, "`%s` cannot stand beside `%s`", f.Key, key).WithHint("put it into the list")
		}
	}
}

// parts reads the members of a union or an intersection; one of them may say
// what is excluded.
func (in *reading) parts(list *yamldoc.Node) (members, exclude []Definition) {
	if list.Kind != yamldoc.Sequence {
		in.reader.Problems.Errorf("wrong-kind", list.Place, "this must be a list of definitions, not %s", list.Kind)
		return nil, nil
	}
	excluded := false
	for _, item := range list.Items() {
		if item.Kind != yamldoc.Mapping || item.Get("exclude") == nil || item.Get("method") != nil {
			members = append(members, in.definition(item))
			continue
		}
		if excluded {
			in.reader.Problems.Errorf("bad-selector", item.Place, "`exclude` is there twice").WithHint("put both into one list")
		}
		excluded = true
		for _, one := range item.Get("exclude").Items() {
			exclude = append(exclude, in.definition(one))
		}
	}
	return members, exclude
}

// method reads a criterion in parts. The method `selector` is what another
// selector says.
func (in *reading) method(n *yamldoc.Node) Definition {
	m := in.reader.Map(n, "a definition")
	c := &Criterion{
		Method: m.Text("method"), Value: m.Text("value"), Parents: m.Bool("parents", false), Children: m.Bool("children", false),
		ParentsDepth: m.Int("parents_depth", -1), ChildrenDepth: m.Int("children_depth", -1),
		ChildrensParents: m.Bool("childrens_parents", false), IndirectSelection: m.Text("indirect_selection"),
	}
	d := Definition{Criterion: c, Place: n.Place}
	if !m.Has("value") {
		in.reader.Problems.Errorf("missing-key", n.Place, "a definition with `method` needs a `value`")
	}
	known := []string{"", "eager", "cautious", "buildable", "empty"}
	if !slices.Contains(known, c.IndirectSelection) {
		in.reader.Problems.Errorf("bad-value", m.Place("indirect_selection"), "`indirect_selection` cannot be `%s`", c.IndirectSelection).Hint = yamldoc.KeyHint(c.IndirectSelection, known[1:])
	}
	for _, one := range m.List("exclude") {
		d.Exclude = append(d.Exclude, in.definition(one))
	}
	m.Done()
	if c.Method != "selector" {
		return d
	}
	other, ok := in.before[c.Value]
	if !ok {
		found := in.reader.Problems.Errorf("unknown-selector", m.Place("value"), "no selector `%s` stands above this one", c.Value)
		if near := ident.Near(c.Value, slices.Sorted(maps.Keys(in.before))); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		}
		return d
	}
	return other
}
