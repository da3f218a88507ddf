package template

import (
	"context"
	"maps"
	"regexp"
	"slices"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Test calls a generic test with its arguments as YAML files have them and
// returns the query whose rows are what fails. Text that is an expression, or
// a call of ref and the like, becomes what the expression gives.
func Test(ctx context.Context, m *Macro, arguments map[string]any, c Context, resolve Resolver) (string, error) {
	r := newRender(ctx, c)
	r.resolve = resolve
	return r.test(m, arguments)
}

// CaptureTest is [Test] with execute=false: it returns what the test refers to.
func CaptureTest(m *Macro, arguments map[string]any, c Context) (*Captured, error) {
	r := newRender(context.Background(), c)
	r.captured = newCaptured()
	if _, err := r.test(m, arguments); err != nil {
		return nil, err
	}
	return r.captured, nil
}

func (r *render) test(m *Macro, arguments map[string]any) (string, error) {
	named := make(map[string]any, len(arguments))
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		v, err := r.argument(arguments[name], name == "column_name")
		if err != nil {
			return "", err
		}
		named[name] = v
	}
	if r.captured != nil {
		r.captured.called(m)
	}
	_, text, err := r.invoke(m, nil, named)
	return text, err
}

// looksLikeCall is text that dbt takes for an expression without braces.
var looksLikeCall = regexp.MustCompile(`(?s)^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$`)

// argument renders the texts in an argument of a test; asIs leaves the text of
// the argument itself alone.
func (r *render) argument(v any, asIs bool) (any, error) {
	switch v := v.(type) {
	case string:
		if asIs {
			return v, nil
		}
		if looksLikeCall.MatchString(v) {
			v = "{{ " + v + " }}"
		}
		return r.native(v)
	case []any:
		list := python.NewList()
		for _, item := range v {
			value, err := r.argument(item, false)
			if err != nil {
				return nil, err
			}
			list.Items = append(list.Items, python.From(value))
		}
		return list, nil
	case map[string]any:
		dict := python.NewDict()
		for _, key := range slices.Sorted(maps.Keys(v)) {
			value, err := r.argument(v[key], false)
			if err != nil {
				return nil, err
			}
			dict.SetString(key, python.From(value))
		}
		return dict, nil
	}
	return v, nil
}

// native is the value of a text that is one expression, else its text.
func (r *render) native(text string) (any, error) {
	if !jinja.HasTags(text) {
		return text, nil
	}
	t, err := r.parse(text)
	if err != nil {
		return nil, err
	}
	v, err := t.EvalWith(r.globals())
	if err != nil {
		return nil, r.problem(err)
	}
	return v, nil
}
