package project

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/pyvalue"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// decoder reads typed settings from a merged layer. What lies in
// dbt_project.yml applies to many resources: the loader reports each problem
// once.
type decoder struct {
	problems *diag.Problems
	kind     Kind
	layer    layer
	python   bool
}

func (d *decoder) wrong(key, want string) {
	s := d.layer[key]
	d.problems.Errorf("wrong-kind", s.place, "`%s` must be %s, not %s", key, want, describe(s.value))
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	default:
		return fmt.Sprintf("`%v`", v)
	}
}

// text reads a single value as text.
func (d *decoder) text(key string) string {
	switch v := d.layer[key].value.(type) {
	case nil:
		return ""
	case []any, map[string]any:
		d.wrong(key, "text")
		return ""
	default:
		return strings.TrimSpace(plainText(v))
	}
}

// plainText prints a single value as it is printed in a template.
func plainText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		return pyvalue.Float(v)
	default:
		return fmt.Sprint(v)
	}
}

// truth reads a boolean; nil where it is not set.
func (d *decoder) truth(key string) *bool {
	switch v := d.layer[key].value.(type) {
	case nil:
		return nil
	case bool:
		return &v
	case string:
		if b := strings.EqualFold(v, "true"); b || strings.EqualFold(v, "false") {
			return &b
		}
	}
	d.wrong(key, "true or false")
	return nil
}

// texts reads a list of single values; one alone is a list of one.
func (d *decoder) texts(key string) []string {
	var out []string
	for _, v := range asList(d.layer[key].value) {
		switch v.(type) {
		case []any, map[string]any, nil:
			d.wrong(key, "a list of text")
			return nil
		}
		if s := strings.TrimSpace(plainText(v)); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (d *decoder) mapping(key string) map[string]any {
	switch v := d.layer[key].value.(type) {
	case nil:
		return nil
	case map[string]any:
		return v
	}
	d.wrong(key, "a mapping")
	return nil
}

// whole reads a whole number; otherwise is the value where it is not set.
func (d *decoder) whole(key string, otherwise int) int {
	switch v := d.layer[key].value.(type) {
	case nil:
		return otherwise
	case int64:
		return int(v)
	case int:
		return v
	case string:
		if n, err := strconv.Atoi(strings.TrimSpace(v)); err == nil {
			return n
		}
	}
	d.wrong(key, "a whole number")
	return otherwise
}

// oneOf reads a word; the first of those allowed is the default.
func (d *decoder) oneOf(key string, allowed ...string) string {
	given := strings.ToLower(d.text(key))
	if given == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, given) {
		known := slices.DeleteFunc(slices.Clone(allowed), func(word string) bool { return word == "" })
		d.problems.Errorf("bad-value", d.layer[key].place, "`%s` cannot be `%s`", key, given).Hint = yamldoc.KeyHint(given, known)
		return allowed[0]
	}
	return given
}

// textMap reads a mapping to single values.
func (d *decoder) textMap(key string) map[string]string {
	m := d.mapping(key)
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for name, v := range m {
		switch v.(type) {
		case nil:
		case []any, map[string]any:
			d.wrong(key, "a mapping to text")
			return nil
		default:
			out[name] = plainText(v)
		}
	}
	return out
}
