package graph

import (
	"path"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
)

// reportUnmatched warns that a criterion matches nothing, and says what was
// probably meant.
func (q *query) reportUnmatched(c criterion) {
	p := q.problems.Warnf("no-match", diag.Place{}, "the selector `%s` matches nothing", c.text)
	known := q.known(c.method)
	near := ident.Near(c.value, known)
	switch {
	case len(near) > 0:
		p.WithHint("did you mean `%s`?", prefixed(c.method, near[0]))
	case c.method == "fqn":
		if table := q.sourceCalled(c.value); table != "" {
			p.WithHint("a source is selected by `source:%s`", table)
		}
	case len(known) > 0 && len(known) <= 12:
		p.WithHint("there are %s", strings.Join(known, ", "))
	}
}

// prefixed returns a value as it is written with its method.
func prefixed(method, value string) string {
	if method == "fqn" || method == "path" || method == "file" {
		return value
	}
	return method + ":" + value
}

// known returns the values that a method could match.
func (q *query) known(method string) []string {
	var out []string
	for _, r := range q.graph.resources {
		switch method {
		case "fqn":
			if r.Kind != project.KindSource {
				out = append(out, r.Name)
				out = append(out, r.FQN[1:len(r.FQN)-1]...)
			}
		case "tag":
			out = append(out, r.Tags...)
		case "path":
			out = append(out, r.Path, path.Dir(r.Path))
		case "file":
			out = append(out, path.Base(r.Path))
		case "source":
			if r.Kind == project.KindSource {
				out = append(out, r.Source, r.Source+"."+r.Name)
			}
		case "package":
			out = append(out, r.Package)
		case "resource_type":
			out = append(out, string(r.Kind))
		}
	}
	switch method {
	case "test_type":
		out = []string{"data", "generic", "singular"}
	case "test_name":
		out = []string{"accepted_values", "not_null", "relationships", "unique"}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sourceCalled returns source.table for a table of a source with the given
// name, alone or behind its source's.
func (q *query) sourceCalled(name string) string {
	for _, r := range q.graph.resources {
		full := r.Source + "." + r.Name
		if r.Kind == project.KindSource && (name == r.Name || name == full || name == r.Source) {
			return full
		}
	}
	return ""
}
