// Package template is dbt's words over the Jinja language: config, ref,
// source, var, env_var, this, target and what else a project's texts may call.
//
// A text is rendered twice. [Parse] runs it with execute=false to learn what it
// refers to and how it configures itself, with the place of every call;
// [Compile] runs it again, with names resolved, and gives SQL. [RenderYAML]
// renders the values of YAML files.
//
// It promises that every error is a *diag.Problem with file, line and column
// in the author's file, and that a word of dbt's that is not there yet is named
// as such. It leaves to others where texts come from, what a ref resolves to,
// and how configurations of several levels are merged.
package template

import (
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// Version is the version of dbt whose language this is.
const Version = "1.11.0"

// Context is what a text is rendered in.
type Context struct {
	// Package is the name of the project that the text belongs to.
	Package string
	// Vars are the variables, those of the command line merged in.
	Vars map[string]any
	// Env looks up environment variables; nil knows none.
	Env func(string) (string, bool)
	// File names the author's file in problems. Line and Column are where the
	// text begins in it, for texts inside other files; zero is the beginning.
	File         string
	Line, Column int
	// This is the relation that the text makes.
	This ident.Table
	// Target adds to the attributes of `target`, or takes their place.
	Target map[string]any
	// Config is the effective configuration, for config.get.
	Config map[string]any
	// RunStartedAt and InvocationID describe the command; the zero time is the
	// epoch.
	RunStartedAt time.Time
	InvocationID string
	// Incremental answers is_incremental(); nil is no.
	Incremental func() (bool, error)
	// Log receives what `log` and `print` write; nil drops it.
	Log func(message string)
}

// Ref is one call of ref.
type Ref struct {
	Package, Name string
	Place         diag.Place
}

// Source is one call of source.
type Source struct {
	Source, Table string
	Place         diag.Place
}

// Captured is what a text says about itself. A call that runs several times is
// there once.
type Captured struct {
	Refs    []Ref
	Sources []Source
	// Config holds the arguments of config: later calls win, `tags` add up,
	// `meta` merges.
	Config       map[string]any
	ConfigPlaces map[string]diag.Place
	// Vars are the names of the variables that were asked for, in order.
	Vars []string
}

// Resolver tells what names stand for in SQL.
type Resolver interface {
	Ref(pkg, name string) (string, error)
	Source(source, table string) (string, error)
}

// Parse renders text with execute=false and returns what it refers to.
func Parse(text string, c Context) (*Captured, error) {
	r := newRender(c)
	r.captured = &Captured{Config: map[string]any{}, ConfigPlaces: map[string]diag.Place{}}
	if _, err := r.text(text); err != nil {
		return nil, err
	}
	return r.captured, nil
}

// Compile renders text with execute=true and returns SQL.
func Compile(text string, c Context, resolve Resolver) (string, error) {
	r := newRender(c)
	r.resolve = resolve
	return r.text(text)
}

// RenderYAML renders a value of a YAML file. A text that is one expression
// gives the expression's value, so that numbers, booleans and lists stay what
// they are; any other text gives text.
func RenderYAML(text string, c Context) (any, error) {
	if !jinja.HasTags(text) {
		return text, nil
	}
	r := newRender(c)
	r.captured = &Captured{Config: map[string]any{}, ConfigPlaces: map[string]diag.Place{}}
	t, err := environment.Parse(c.File, text)
	if err != nil {
		return nil, r.problem(err)
	}
	v, err := t.Eval(r.words())
	if err == nil {
		v, err = jinja.ToGo(v)
	}
	if err != nil {
		return nil, r.problem(err)
	}
	return v, nil
}

// environment is the language with dbt's filters.
var environment = &jinja.Env{Filters: map[string]jinja.Callable{
	"as_text": asText, "as_bool": asBool, "as_number": asNumber, "as_native": asNative,
}}

// render is one rendering of one text: Parse has captured, Compile resolve.
type render struct {
	Context
	captured *Captured
	resolve  Resolver
}

func newRender(c Context) *render {
	if c.Env == nil {
		c.Env = func(string) (string, bool) { return "", false }
	}
	if c.Log == nil {
		c.Log = func(string) {}
	}
	if c.RunStartedAt.IsZero() {
		c.RunStartedAt = time.Unix(0, 0)
	}
	return &render{Context: c}
}

func (r *render) text(text string) (string, error) {
	t, err := environment.Parse(r.File, text)
	if err != nil {
		return "", r.problem(err)
	}
	sql, err := t.Render(r.words())
	if err != nil {
		return "", r.problem(err)
	}
	return sql, nil
}

// place is a point of the text in the author's file.
func (r *render) place(line, column int) diag.Place {
	if line == 1 && r.Column > 0 {
		column += r.Column - 1
	}
	if r.Line > 0 {
		line += r.Line - 1
	}
	return diag.Place{File: r.File, Line: line, Column: column}
}

func (r *render) callPlace(c *jinja.Call) diag.Place { return r.place(c.Place()) }
