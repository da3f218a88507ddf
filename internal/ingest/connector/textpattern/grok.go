package textpattern

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// reference is %{NAME}, %{NAME:field} or %{NAME:field:type}.
var reference = regexp.MustCompile(`%\{(\w+)(?::([^}:]+))?(?::(\w+))?\}`)

const (
	// deepest bounds how patterns may refer to others.
	deepest = 20
	// longest bounds the expression that comes of it.
	longest = 64 << 10
)

// grokTypes are the types that a reference may ask for.
var grokTypes = map[string]connector.Kind{
	"int": connector.Long, "long": connector.Long, "float": connector.Double, "double": connector.Double,
	"bool": connector.Boolean, "boolean": connector.Boolean, "string": connector.String,
}

// grok expands references.
type grok struct {
	table map[string]string
	// fields has what each group stands for.
	fields  map[string]string
	columns []connector.Column
	size    int
}

// newGrok compiles a pattern; columns are those whose types it gives.
func newGrok(pattern string, set connector.Settings) (*regex, []connector.Column, error) {
	g := &grok{table: map[string]string{}, fields: map[string]string{}}
	own, _ := set.List("grok_patterns")
	for _, line := range own {
		name, expression, found := strings.Cut(strings.TrimSpace(line), " ")
		if !found {
			return nil, nil, fmt.Errorf("grok_patterns: %q is not a name and an expression", line)
		}
		g.table[name] = strings.TrimSpace(expression)
	}
	expression, err := g.expand(pattern, 0)
	if err != nil {
		return nil, nil, err
	}
	r, err := newNamedRegex(expression, g.fields)
	return r, g.columns, err
}

// expand replaces references by expressions.
func (g *grok) expand(pattern string, depth int) (string, error) {
	if depth > deepest {
		return "", errors.New("patterns refer to each other in a circle")
	}
	var b strings.Builder
	at := 0
	for _, m := range reference.FindAllStringSubmatchIndex(pattern, -1) {
		b.WriteString(plainGroups(pattern[at:m[0]]))
		at = m[1]
		part := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return pattern[m[2*i]:m[2*i+1]]
		}
		inner, err := g.lookup(part(1), depth)
		if err != nil {
			return "", err
		}
		group, err := g.field(part(2), part(3))
		if err != nil {
			return "", err
		}
		b.WriteString("(" + group + inner + ")")
		if g.size += len(inner); g.size > longest {
			return "", fmt.Errorf("the expression becomes longer than %d bytes", longest)
		}
	}
	b.WriteString(plainGroups(pattern[at:]))
	return b.String(), nil
}

// plainGroups makes of groups that never give back what they took, which RE2
// neither has nor needs, plain ones.
func plainGroups(expression string) string { return strings.ReplaceAll(expression, "(?>", "(?:") }

func (g *grok) lookup(name string, depth int) (string, error) {
	expression, ok := g.table[name]
	if !ok {
		expression, ok = grokTable[name]
	}
	if !ok {
		if near := ident.Near(name, grokNames()); len(near) > 0 {
			return "", fmt.Errorf("there is no pattern %s, did you mean %s?", name, near[0])
		}
		return "", fmt.Errorf("there is no pattern %s; give it in grok_patterns", name)
	}
	return g.expand(expression, depth+1)
}

func grokNames() (names []string) {
	for name := range grokTable {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// field returns how the group for a field begins. Fields as Elasticsearch writes
// them, [http][status], are http_status.
func (g *grok) field(name, kind string) (string, error) {
	if name == "" {
		return "?:", nil
	}
	name = strings.ReplaceAll(strings.Trim(name, "[]"), "][", "_")
	if kind != "" {
		k, ok := grokTypes[kind]
		if !ok {
			return "", fmt.Errorf("%q is not a type: write int, long, float, double, boolean or string", kind)
		}
		if !slices.ContainsFunc(g.columns, func(c connector.Column) bool { return c.Name == name }) {
			g.columns = append(g.columns, connector.Column{Name: name, Type: connector.Type{Kind: k}})
		}
	}
	group := "g" + strconv.Itoa(len(g.fields))
	g.fields[group] = name
	return "?P<" + group + ">", nil
}
