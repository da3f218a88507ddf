// Package pyvalue is for values of YAML as Python shows them, which is what
// dbt makes the names and ids of generic tests from.
//
// It promises the texts of Python's str and repr for everything YAML 1.1 can
// say, key order included. It leaves to others what the texts are for.
package pyvalue

import (
	"cmp"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// Str is Python's str of a value.
func Str(n *yamldoc.Node) string {
	if n == nil || n.Kind != yamldoc.Sequence && n.Kind != yamldoc.Mapping {
		return Leaf(n)
	}
	return Repr(n)
}

// Repr is Python's repr of a value.
func Repr(n *yamldoc.Node) string {
	if text, ok := plain(n); ok {
		return Quote(text)
	}
	if n == nil {
		return "None"
	}
	switch n.Kind {
	case yamldoc.Sequence:
		parts := make([]string, len(n.Items()))
		for i, item := range n.Items() {
			parts[i] = Repr(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case yamldoc.Mapping:
		var parts []string
		for _, f := range n.Fields() {
			parts = append(parts, Quote(f.Key)+": "+Repr(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return scalar(n, true)
}

// plain returns text as it is, and the str of dates, which differs from their
// repr; false for what is no text.
func plain(n *yamldoc.Node) (string, bool) {
	if n == nil || n.Kind != yamldoc.String || isDate(n) {
		return "", false
	}
	if !n.Quoted {
		if _, ok := sexagesimal(n.Text); ok {
			return "", false
		}
	}
	return n.Text, true
}

// Leaf is the str of a single value.
func Leaf(n *yamldoc.Node) string {
	if text, ok := plain(n); ok {
		return text
	}
	if n == nil {
		return "None"
	}
	return scalar(n, false)
}

var (
	date = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)$`)
	base = regexp.MustCompile(`^([-+]?)(\d[0-9_]*(?::[0-5]?\d)+)$`)
)

func isDate(n *yamldoc.Node) bool { return !n.Quoted && date.MatchString(n.Text) }

// sexagesimal reads YAML 1.1's 12:30, which is 750.
func sexagesimal(text string) (*big.Int, bool) {
	m := base.FindStringSubmatch(text)
	if m == nil || m[2][0] == '0' {
		return nil, false
	}
	out := new(big.Int)
	for _, part := range strings.Split(strings.ReplaceAll(m[2], "_", ""), ":") {
		digit, ok := new(big.Int).SetString(part, 10)
		if !ok {
			return nil, false
		}
		out.Mul(out, big.NewInt(60)).Add(out, digit)
	}
	if m[1] == "-" {
		out.Neg(out)
	}
	return out, true
}

func scalar(n *yamldoc.Node, repr bool) string {
	switch v := n.Value().(type) {
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return Float(v)
	case nil:
		return "None"
	}
	if i, ok := sexagesimal(n.Text); ok && !n.Quoted {
		return i.String()
	}
	if m := date.FindStringSubmatch(n.Text); m != nil && !n.Quoted && repr {
		return fmt.Sprintf("datetime.date(%s, %s, %s)", m[1], strings.TrimPrefix(m[2], "0"), strings.TrimPrefix(m[3], "0"))
	}
	return n.Text
}

// Float is Python's str of a float: 1.0, 1e+16.
func Float(f float64) string { return repr(f) }

// Quote is Python's repr of text.
func Quote(s string) string { return repr(s) }

func repr(v any) string {
	text, _ := python.Repr(v) // single values always have one
	return text
}

// Sorted is the repr of a value in which keys are in order and every single
// value is text; dbt hashes tests by it.
func Sorted(n *yamldoc.Node) string {
	if n != nil && n.Kind == yamldoc.Sequence {
		parts := make([]string, len(n.Items()))
		for i, item := range n.Items() {
			parts[i] = Sorted(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if n != nil && n.Kind == yamldoc.Mapping {
		fields := slices.Clone(n.Fields())
		slices.SortFunc(fields, func(a, b yamldoc.Field) int { return cmp.Compare(a.Key, b.Key) })
		var parts []string
		for _, f := range fields {
			parts = append(parts, Quote(f.Key)+": "+Sorted(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return Quote(Leaf(n))
}
