package template

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// environment is the language with dbt's filters and tags.
var environment = &jinja.Env{
	Filters: map[string]jinja.Callable{
		"as_text": asText, "as_bool": asBool, "as_number": asNumber, "as_native": asNative,
	},
	Tags: map[string]syntax.Tag{
		"test": {Signature: true}, "data_test": {Signature: true}, "materialization": {Options: true},
		"snapshot": {}, "docs": {Raw: true},
	},
}

// render is one rendering of one text: Parse has captured, Compile resolve.
// Functions get at it as the host of their call.
type render struct {
	Context
	// ctx ends with the render: templates have no contexts to hand on.
	ctx      context.Context
	captured *Captured
	resolve  Resolver
	// depth counts the macros that are being called.
	depth int
	// calls are the places of the macro calls that are under way.
	calls   []diag.Place
	results map[string]any
	space   *jinja.Globals
}

func newRender(ctx context.Context, c Context) *render {
	if c.Env == nil {
		c.Env = func(string) (string, bool) { return "", false }
	}
	if c.Log == nil {
		c.Log = func(string) {}
	}
	if c.RunStartedAt.IsZero() {
		c.RunStartedAt = time.Unix(0, 0)
	}
	if c.Library == nil {
		c.Library = bare()
	}
	return &render{Context: c, ctx: ctx}
}

func newCaptured() *Captured {
	return &Captured{Config: map[string]any{}, ConfigPlaces: map[string]diag.Place{}}
}

// host returns the render that a call is part of.
func host(c *jinja.Call) *render { return c.Host().(*render) }

func (r *render) parse(text string) (*jinja.Template, error) {
	t, err := environment.ParseAt(r.File, max(r.Line, 1), max(r.Column, 1), text)
	if err != nil {
		return nil, r.problem(err)
	}
	return t, nil
}

// globals are the names that the text sees.
func (r *render) globals() *jinja.Globals {
	if r.space == nil {
		r.space = &jinja.Globals{Lookup: r.lookup, Names: r.names, Origins: r.Origins, Host: r}
	}
	return r.space
}

// lookup finds a name: macros of the text's own package and of the root
// project win over dbt's words; those over dbt's own macros.
func (r *render) lookup(name string) (any, bool) {
	if v, ok := r.Override[name]; ok {
		return always(v), true
	}
	if m := r.Library.own(r.Package, name); m != nil {
		return m, true
	}
	if v, ok := r.word(name); ok {
		return v, true
	}
	if r.Library.has(name) {
		return namespace{r, name}, true
	}
	if m := r.Library.InPackage(internal, name); m != nil {
		return m, true
	}
	return nil, false
}

// names lists what lookup finds.
func (r *render) names() []string {
	return slices.Concat(r.Library.names(r.Package), wordNames())
}

// forgive parses once more where something has no value, as dbt does, with
// undefined values that answer everything with themselves. What a text never
// sets is told: it will fail when it is compiled.
func (r *render) forgive(t *jinja.Template, p *diag.Problem) (*Captured, error) {
	if p.Code != codeUnknown && p.Code != codeRuntime {
		return nil, p
	}
	r.captured = newCaptured()
	var e *jinja.Error
	if p.Code == codeUnknown && errors.As(p.Cause, &e) && e.Template == r.File && !setAnywhere(t.Source(), e.Name) {
		r.captured.Unknown = p
	}
	g := *r.globals()
	g.Lenient = true
	if _, err := t.RenderWith(&g); err != nil {
		return nil, p
	}
	return r.captured, nil
}

// setAnywhere reports whether a text gives a name a value somewhere: then it
// may well have one when the text is compiled.
func setAnywhere(text, name string) bool {
	return regexp.MustCompile(`\bset\b[^%]*\b` + regexp.QuoteMeta(name) + `\b`).MatchString(text)
}

func (r *render) invoke(m *Macro, args []any, named map[string]any) (any, string, error) {
	list := make([]python.Named, 0, len(named))
	for _, name := range slices.Sorted(maps.Keys(named)) {
		list = append(list, python.Named{Name: name, Value: named[name]})
	}
	v, err := m.definition.Run(r.globals(), args, list...)
	if err != nil {
		return nil, "", r.problem(err)
	}
	text, err := python.Str(v)
	if err != nil {
		return nil, "", r.problem(err)
	}
	return v, text, nil
}

// always is a macro that returns one value whatever it is given.
func always(v any) any {
	return jinja.NewFunc("override", func(*jinja.Call) (any, error) { return v, nil })
}

// authorPlace is where the author's text is that made a call, be it by way of
// dbt's own macros.
func (r *render) authorPlace(c *jinja.Call) diag.Place {
	at := callPlace(c)
	for i := len(r.calls) - 1; i >= 0 && isBuiltin(at.File); i-- {
		at = r.calls[i]
	}
	return at
}

// callPlace is where a call stands in its author's file.
func callPlace(c *jinja.Call) diag.Place {
	line, column := c.Place()
	return diag.Place{File: c.Template(), Line: line, Column: column}
}
