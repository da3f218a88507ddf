package template

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// The codes of problems.
const (
	codeSyntax  = "jinja-syntax"
	codeRuntime = "jinja-error"
	codeUnknown = "unknown-name"
	codeLimit   = "jinja-limit"
	codeCall    = "bad-call"
	codeVar     = "unknown-var"
	codeEnvVar  = "unknown-env-var"
	codeSecret  = "secret-in-template"
	codeRaised  = "raised"
)

// problem turns an error of the language into one with a place in the
// author's file, and the calls that led there.
func (r *render) problem(err error) *diag.Problem {
	p := *problemOf(err)
	var e *jinja.Error
	if !errors.As(err, &e) {
		if p.Place == (diag.Place{}) {
			p.Place = diag.Place{File: r.File, Line: max(r.Line, 1), Column: max(r.Column, 1)}
		}
		return &p
	}
	if e.Kind == jinja.Unknown {
		r.explain(&p, e)
	}
	chain := called(outside(&p, e.Trace))
	if chain != "" {
		p.Hint = strings.TrimPrefix(p.Hint+"\n  "+chain, "\n  ")
	}
	return &p
}

// outside moves a problem in one of dbt's own macros to where the author's text
// called it, and returns the calls that led there.
func outside(p *diag.Problem, trace []jinja.Frame) []jinja.Frame {
	if !isBuiltin(p.Place.File) {
		return trace
	}
	for i, f := range trace {
		if !isBuiltin(f.Template) {
			p.Place = placeOf(f)
			return trace[i+1:]
		}
	}
	return trace
}

// problemOf is the problem that an error of the language is, or holds.
func problemOf(err error) *diag.Problem {
	var own *diag.Problem
	if errors.As(err, &own) {
		return own
	}
	var e *jinja.Error
	if !errors.As(err, &e) {
		return diag.New(codeRuntime, diag.Place{}, "%v", err).WithCause(err)
	}
	code := map[jinja.Kind]string{
		jinja.Syntax: codeSyntax, jinja.UnknownTag: codeSyntax,
		jinja.Limit: codeLimit, jinja.Unknown: codeUnknown,
	}[e.Kind]
	if code == "" {
		code = codeRuntime
	}
	at := diag.Place{File: e.Template, Line: e.Line, Column: e.Column}
	return diag.New(code, at, "%s", e.Message).WithHint("%s", e.Hint).WithCause(err)
}

// explain says what a name that means nothing may have been meant to be.
func (r *render) explain(p *diag.Problem, e *jinja.Error) {
	if near := ident.Near(e.Name, e.Known); len(near) > 0 {
		p.Hint = "did you mean `" + strings.Join(near, "` or `") + "`?"
		return
	}
	if !strings.HasSuffix(e.Message, "is undefined") {
		return
	}
	if owners := r.owners(e.Name); len(owners) > 0 {
		p.Hint = "write `" + strings.Join(owners, "` or `") + "`: macros of packages are called with the package's name"
		return
	}
	p.Hint = fmt.Sprintf("no macro, variable or word of dbt's has that name; a package `%s` would be added to packages.yml and fetched by `tarn deps`", e.Name)
}

// owners returns the macros of packages that have a name, or a near one.
func (r *render) owners(name string) []string {
	byName := map[string][]string{}
	var known []string
	for _, m := range r.Library.All() {
		if m.Kind == KindMacro && m.Package != internal && !strings.Contains(m.Name, "__") {
			byName[m.Name] = append(byName[m.Name], m.Package+"."+m.Name)
			known = append(known, m.Name)
		}
	}
	if found := byName[name]; len(found) > 0 {
		return found
	}
	var near []string
	for _, n := range ident.Near(name, known) {
		near = append(near, byName[n]...)
	}
	return near
}

// called tells which calls led to an error, the innermost first, but for those
// inside dbt's own macros.
func called(trace []jinja.Frame) string {
	var list []string
	for _, f := range trace {
		line := fmt.Sprintf("in `%s`, called from %s", f.Macro, placeOf(f))
		if isBuiltin(f.Template) || len(list) > 0 && line == list[len(list)-1] {
			continue
		}
		list = append(list, line)
	}
	return strings.Join(slices.Clip(list), "\n  ")
}
