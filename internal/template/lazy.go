package template

import (
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Lazy is a dict for templates that is made when one looks into it, so that
// those that do not cost nothing. It is for one render at a time.
func Lazy(build func() map[string]any) any { return &lazy{build: build} }

type lazy struct {
	build  func() map[string]any
	values map[string]any
}

func (l *lazy) get() map[string]any {
	if l.values == nil {
		l.values = l.build()
	}
	return l.values
}

// Attr returns what dicts can do. Keys are items, which come after it.
func (l *lazy) Attr(name string) (any, bool) { return python.MappingMethod(l, name) }

// Item returns the value of a key.
func (l *lazy) Item(key any) (value any, ok bool, err error) {
	name, isText := key.(string)
	if !isText {
		return nil, false, nil
	}
	v, ok := l.get()[name]
	return python.From(v), ok, nil
}

// Keys returns the keys, sorted.
func (l *lazy) Keys() []any {
	var keys []any
	for _, name := range slices.Sorted(maps.Keys(l.get())) {
		keys = append(keys, name)
	}
	return keys
}

// Plain returns the dict for what leaves templates.
func (l *lazy) Plain() any { return l.get() }

// TypeName says in errors what it is.
func (l *lazy) TypeName() string { return "dict" }

// Str prints it as a dict.
func (l *lazy) Str() string {
	text, err := python.Str(python.From(l.get()))
	if err != nil {
		return "{}"
	}
	return text
}
