package exchange

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// fromYAML reads YAML; what is none is the default.
func fromYAML(c *jinja.Call) (any, error) {
	b, err := c.Bind("value", "default?")
	if err != nil {
		return nil, err
	}
	text, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	var ps diag.Problems
	n := (&yamldoc.Reader{Problems: &ps, Tolerant: true}).Parse("", []byte(text))
	if ps.Err() != nil {
		return b.Any(1, nil), nil //nolint:nilerr // as dbt does it
	}
	return fromNode(n), nil
}

// fromNode keeps the order of keys.
func fromNode(n *yamldoc.Node) any {
	switch {
	case n == nil:
		return nil
	case n.Kind == yamldoc.Sequence:
		list := python.NewList()
		for _, item := range n.Items() {
			list.Items = append(list.Items, fromNode(item))
		}
		return list
	case n.Kind == yamldoc.Mapping:
		dict := python.NewDict()
		for _, f := range n.Fields() {
			dict.SetString(f.Key, fromNode(f.Value))
		}
		return dict
	}
	return n.Value()
}

// toYAML writes YAML as Python's yaml does, one thing on a line.
func toYAML(c *jinja.Call) (any, error) {
	b, err := c.Bind("value", "default?", "sort_keys?")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	lines, err := yamlLines(v, b.Bool(2, false), 0)
	if err != nil {
		if b.Has(1) {
			return b.Any(1, nil), nil
		}
		return nil, err
	}
	if nesting(v) == flat && !strings.ContainsAny(lines[0][:1], `'"[{`) {
		lines = append(lines, "...") // the end of a document that is a bare word
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// How a value stands in YAML.
type nest uint8

const (
	flat nest = iota
	inList
	inDict
)

func nesting(v any) nest {
	switch v := v.(type) {
	case *python.List:
		if len(v.Items) > 0 {
			return inList
		}
	case python.Tuple:
		if len(v) > 0 {
			return inList
		}
	case *python.Dict:
		if v.Len() > 0 {
			return inDict
		}
	}
	return flat
}

// maxYAML bounds how deep values are followed into each other.
const maxYAML = 200

// yamlLines writes a value as lines that are not yet indented.
func yamlLines(v any, sorted bool, depth int) ([]string, error) {
	if depth > maxYAML {
		return nil, errors.New("the value is nested too deep")
	}
	switch v := v.(type) {
	case *python.Dict:
		return yamlDict(v, sorted, depth)
	case *python.List:
		return yamlList(v.Items, sorted, depth)
	case python.Tuple:
		return yamlList(v, sorted, depth)
	}
	text, err := yamlScalar(v)
	return []string{text}, err
}

func yamlList(items []any, sorted bool, depth int) ([]string, error) {
	if len(items) == 0 {
		return []string{"[]"}, nil
	}
	var lines []string
	for _, item := range items {
		inner, err := yamlLines(item, sorted, depth+1)
		if err != nil {
			return nil, err
		}
		for i, line := range inner {
			if i == 0 {
				lines = append(lines, "- "+line)
			} else {
				lines = append(lines, "  "+line)
			}
		}
	}
	return lines, nil
}

func yamlDict(d *python.Dict, sorted bool, depth int) ([]string, error) {
	if d.Len() == 0 {
		return []string{"{}"}, nil
	}
	var lines []string
	for _, i := range entries(d, sorted) {
		k, v := d.Entry(i)
		key, err := yamlScalar(k)
		if err != nil {
			return nil, err
		}
		inner, err := yamlLines(v, sorted, depth+1)
		if err != nil {
			return nil, err
		}
		switch nesting(v) {
		case flat:
			lines = append(lines, key+": "+inner[0])
		case inList:
			lines = append(append(lines, key+":"), inner...)
		case inDict:
			lines = append(lines, key+":")
			for _, line := range inner {
				lines = append(lines, "  "+line)
			}
		}
	}
	return lines, nil
}

// entries returns the positions of a dict's entries in the order to write.
func entries(d *python.Dict, sorted bool) []int {
	order := make([]int, d.Len())
	for i := range order {
		order[i] = i
	}
	if sorted {
		slices.SortFunc(order, func(a, b int) int {
			x, _ := d.Entry(a)
			y, _ := d.Entry(b)
			left, _ := x.(string)
			right, _ := y.(string)
			return strings.Compare(left, right)
		})
	}
	return order
}

var (
	// plain is text that may stand in YAML without quotes.
	plain = regexp.MustCompile("^[^\\s\\-?:,\\[\\]{}#&*!|>'\"%@`][ -~]*$|^[-?:][^\\s][ -~]*$")
	// notText is what YAML 1.1 takes for something else than text.
	notText = regexp.MustCompile(`(?i)^(yes|no|true|false|on|off|null|~|[-+]?\.(inf|nan)|=|<<|[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d+)?|` +
		`[-+]?(0b[01_]+|0o[0-7_]+|0x[\da-f_]+|\d[\d_]*(:[0-5]?\d)*(\.[\d_]*)?)|\d{4}-\d\d?-\d\d?([Tt \t].*)?)$`)
)

func yamlScalar(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "null", nil
	case bool:
		return strconv.FormatBool(v), nil
	case string:
		return yamlText(v), nil
	case int64, float64:
		return python.Str(v)
	}
	return "", fmt.Errorf("a %s has no YAML", python.TypeName(v))
}

func yamlText(s string) string {
	switch {
	case strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' }):
		return strconv.QuoteToASCII(s)
	case !plain.MatchString(s), notText.MatchString(s), strings.Contains(s, ": "), strings.Contains(s, " #"),
		strings.HasSuffix(s, ":"), strings.HasSuffix(s, " "):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return s
}
