package project

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project/pyvalue"
	"github.com/tarn-lake/tarn/internal/template"
)

// captured is what texts refer to.
type captured struct {
	refs    []Ref
	sources []SourceCall
	metrics []Ref
	macros  []string
}

// captureOf takes what a text refers to from what rendering it found.
func captureOf(found *template.Captured) captured {
	var out captured
	for _, r := range found.Refs {
		out.refs = append(out.refs, Ref{Package: r.Package, Name: r.Name, Version: versionText(r.Version), Place: r.Place})
	}
	for _, m := range found.Metrics {
		out.metrics = append(out.metrics, Ref{Package: m.Package, Name: m.Name, Place: m.Place})
	}
	out.macros = found.Macros
	for _, s := range found.Sources {
		out.sources = append(out.sources, SourceCall(s))
	}
	return out
}

// versionText is a version as people write it: 2, not 2.0 unless written so.
func versionText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return pyvalue.Float(v)
	default:
		return fmt.Sprint(v)
	}
}

// add keeps what is new in more.
func (c *captured) add(more captured) {
	for _, r := range more.refs {
		if !has(c.refs, func(o Ref) bool { return o.Package == r.Package && o.Name == r.Name && o.Version == r.Version }) {
			c.refs = append(c.refs, r)
		}
	}
	for _, s := range more.sources {
		if !has(c.sources, func(o SourceCall) bool { return o.Source == s.Source && o.Table == s.Table }) {
			c.sources = append(c.sources, s)
		}
	}
	c.metrics = append(c.metrics, more.metrics...)
	for _, m := range more.macros {
		if !has(c.macros, func(o string) bool { return o == m }) {
			c.macros = append(c.macros, m)
		}
	}
}

func has[T any](list []T, is func(T) bool) bool {
	for _, v := range list {
		if is(v) {
			return true
		}
	}
	return false
}

// contextOf is what a text of a package is rendered in while loading.
func (l *loader) contextOf(k *pack, file string, this ident.Table, config map[string]any) template.Context {
	return l.project.contextOf(k.Package, file, this, config)
}

// capture renders a text that stands at place in a YAML file, for what it
// refers to.
func (l *loader) capture(k *pack, text string, place diag.Place, config map[string]any) (captured, error) {
	found, err := template.Parse(text, l.contextOf(k, place.File, ident.Table{Namespace: k.context.schema()}, config))
	if err != nil {
		return captured{}, at(place, err)
	}
	if found.Unknown != nil {
		return captured{}, at(place, found.Unknown)
	}
	out := captureOf(found)
	for i := range out.refs {
		out.refs[i].Place = place
	}
	for i := range out.sources {
		out.sources[i].Place = place
	}
	return out, nil
}
