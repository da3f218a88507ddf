// Package jinja is the Jinja2 template language with Python's semantics: it
// knows the language and nothing of the words that a host such as dbt adds.
//
// Package syntax reads a text; here its tree is run (interp, exec, eval), with
// the filters, tests and functions of jinja2. Values are those of package
// python; what templates can call besides is a [Func] or a [Caller].
//
// It promises
//
//  1. the output of Python's jinja2 with its sandbox and the extensions `do`
//     and `loopcontrols`, which testdata/corpus.json holds it to;
//  2. an [Error] with line and column in the author's text for everything that
//     goes wrong, and never a panic;
//  3. that a render ends: iterations, output, memory and depth are bounded by
//     [Limits];
//  4. that templates and definitions are parsed once and rendered by any number
//     of goroutines at the same time.
//
// It leaves to others what names mean (they are handed in as variables), where
// texts come from, and how errors are shown.
package jinja

import (
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/jinja/syntax"
)

// Callable is the Go side of a function, a filter or a test. Filters and tests
// get the value they apply to as the first positional argument.
type Callable func(*Call) (any, error)

// Limits bounds one render. A zero field means its default.
type Limits struct {
	// Steps bounds loop iterations, calls and items that filters visit;
	// default 2,000,000.
	Steps int
	// Output bounds the bytes written, those inside macros included; default
	// 64 MiB.
	Output int
	// Memory bounds the bytes of all strings and lists that expressions make
	// during the render; default 1 GiB.
	Memory int
	// Depth bounds calls of macros within macros; default 500.
	Depth int
}

func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&l.Steps, 2_000_000)
	set(&l.Output, 64<<20)
	set(&l.Memory, 1<<30)
	set(&l.Depth, 500)
	return l
}

// Env holds what all templates of a host have in common. The zero value is the
// plain language; an Env is safe for concurrent use once it is set up.
type Env struct {
	// Filters and Tests add to the built-in ones, or take their place.
	Filters map[string]Callable
	Tests   map[string]Callable
	// Tags are the host's own block tags, by name: see [Tag].
	Tags map[string]syntax.Tag
	// Load returns the text of the template of a name, for include, import and
	// extends; ok is false where there is none. Without it there are none.
	Load func(name string) (source string, ok bool, err error)
	// Limits bounds each render.
	Limits Limits

	loaded sync.Map // name → *Template, of Load
}

func (e *Env) filter(name string) Callable {
	if f, ok := e.Filters[name]; ok {
		return f
	}
	return core().filters[name]
}

func (e *Env) test(name string) Callable {
	if f, ok := e.Tests[name]; ok {
		return f
	}
	return core().tests[name]
}

// Template is a parsed text. It is immutable and safe for concurrent use.
type Template struct {
	env     *Env
	src     *syntax.Source
	tree    *syntax.Tree
	defined []*Definition
}

// Name returns the name given to Parse.
func (t *Template) Name() string { return t.src.Name }

// Source returns the text.
func (t *Template) Source() string { return t.src.Text }

// Parse reads a template. The name stands in errors and is otherwise opaque.
// Errors are [Error]s.
func (e *Env) Parse(name, source string) (*Template, error) {
	return e.ParseAt(name, 1, 1, source)
}

// ParseAt reads a template that begins at a line and a column of the file that
// it is part of: places in it are places in that file.
func (e *Env) ParseAt(name string, line, column int, source string) (*Template, error) {
	t := &Template{env: e, src: &syntax.Source{Name: name, Text: source, Line: line - 1, Column: column - 1}}
	if err := t.parse(0, len(source)); err != nil {
		return nil, err
	}
	return t, nil
}

// parse reads a part of the source.
func (t *Template) parse(from, to int) (err error) {
	if t.tree, err = syntax.Parse(t.src, from, to, t.env.language()); err != nil {
		return t.locate(err, from)
	}
	t.defined, err = t.definitions()
	return err
}

// language is what the host adds to the grammar.
func (e *Env) language() *syntax.Language {
	return &syntax.Language{
		Tags: e.Tags,
		Filter: func(pos int, name string) error {
			if e.filter(name) != nil {
				return nil
			}
			return unknownFilter(pos, name)
		},
		Test: func(pos int, name string) error {
			if e.test(name) != nil {
				return nil
			}
			return unknownTest(pos, name)
		},
	}
}

// HasTags reports whether a text holds anything for this language to do.
func HasTags(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "{#")
}
