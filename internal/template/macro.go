package template

import (
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// The kinds of macro.
const (
	KindMacro           = "macro"
	KindTest            = "test"
	KindMaterialization = "materialization"
)

// Macro is a macro, a generic test or a materialization. It is a value that
// templates can call.
type Macro struct {
	// ID is dbt's unique id, macro.package.name.
	ID            string
	Package, Name string
	Kind          string
	File          string
	Place         diag.Place
	// SQL is the whole block as written.
	SQL       string
	Arguments []syntax.Param
	// Materialization and Adapter are what a materialization is called and
	// whom it is for; Languages are those of the models that it takes.
	Materialization, Adapter string
	Languages                []string

	definition *jinja.Definition
}

func newMacro(pkg string, d *jinja.Definition) (*Macro, *diag.Problem) {
	m := &Macro{
		Package: pkg, Name: d.Name, Kind: KindMacro, File: d.Template(),
		Place: diag.Place{File: d.Template(), Line: d.Line, Column: d.Column},
		SQL:   d.Source(), Arguments: d.Params, definition: d,
	}
	switch d.Kind {
	case "test", "data_test":
		m.Kind, m.Name = KindTest, "test_"+d.Name
	case KindMaterialization:
		m.Kind = KindMaterialization
		if p := m.options(d); p != nil {
			return nil, p
		}
		m.Name = "materialization_" + d.Name + "_" + m.Adapter
	}
	m.ID = "macro." + pkg + "." + m.Name
	return m, nil
}

// options reads what follows the name of a materialization.
func (m *Macro) options(d *jinja.Definition) *diag.Problem {
	m.Materialization, m.Adapter, m.Languages = d.Name, "default", []string{"sql"}
	for _, o := range d.Options {
		at := diag.Place{File: m.File, Line: o.Line, Column: o.Column}
		value, err := python.ToGo(python.From(o.Value))
		if err != nil {
			return diag.New(codeSyntax, at, "%v", err)
		}
		text, isText := value.(string)
		languages, isList := value.([]any)
		switch {
		case o.Name == "default":
		case o.Name == "adapter" && isText:
			m.Adapter = text
		case o.Name == "supported_languages" && isList:
			m.Languages = nil
			for _, item := range languages {
				text, _ := item.(string)
				m.Languages = append(m.Languages, text)
			}
		default:
			return diag.New(codeSyntax, at, "a materialization cannot be told `%s`", o.Name).
				WithHint("write {%% materialization %s, adapter='duckdb' %%}, or default in place of the adapter", d.Name)
		}
	}
	return nil
}

// BuiltIn reports whether the macro is one of dbt's own.
func (m *Macro) BuiltIn() bool { return isBuiltin(m.File) }

// Call runs the macro.
func (m *Macro) Call(c *jinja.Call) (any, error) {
	r := host(c)
	if r.captured != nil && r.depth == 0 {
		r.captured.called(m)
	}
	if v, ok := r.override(m); ok {
		return v, nil
	}
	r.depth++
	r.calls = append(r.calls, callPlace(c))
	defer func() {
		r.depth--
		r.calls = r.calls[:len(r.calls)-1]
	}()
	return m.definition.Call(c)
}

// override is what a macro is to return in place of running.
func (r *render) override(m *Macro) (any, bool) {
	if len(r.Override) == 0 {
		return nil, false
	}
	if v, ok := r.Override[m.Package+"."+m.Name]; ok {
		return v, true
	}
	v, ok := r.Override[m.Name]
	return v, ok && m.Package == internal
}

func (c *Captured) called(m *Macro) {
	if !slices.Contains(c.Macros, m.ID) {
		c.Macros = append(c.Macros, m.ID)
	}
}

// Attr returns what dbt's macros know of themselves.
func (m *Macro) Attr(name string) (any, bool) {
	switch name {
	case "name":
		return m.Name, true
	case "unique_id":
		return m.ID, true
	case "package_name":
		return m.Package, true
	}
	return nil, false
}

// namespace is the macros of one package, as `dbt_utils` in a text.
type namespace struct {
	r   *render
	pkg string
}

// Attr returns a macro of the package.
func (n namespace) Attr(name string) (any, bool) {
	if m := n.r.Library.InPackage(n.pkg, name); m != nil {
		return m, true
	}
	return python.MappingMethod(n, name)
}

// Keys makes it a mapping.
func (n namespace) Keys() []any { return keys(n.Names()) }

// Item is `dbt_utils['star']`.
func (n namespace) Item(key any) (any, bool, error) {
	name, _ := key.(string)
	if m := n.r.Library.InPackage(n.pkg, name); m != nil {
		return m, true, nil
	}
	return nil, false, nil
}

// Names lists the macros of the package.
func (n namespace) Names() []string {
	names := slices.Collect(maps.Keys(n.r.Library.macros[n.pkg]))
	if n.pkg == internal {
		names = slices.AppendSeq(names, maps.Keys(builtin()))
	}
	return names
}

// TypeName says in errors what it is.
func (n namespace) TypeName() string { return "package `" + n.pkg + "`" }
