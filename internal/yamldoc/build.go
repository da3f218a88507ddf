package yamldoc

import (
	"math"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"github.com/tarn-lake/tarn/internal/diag"
)

// maxWeight bounds how many values a document may have once its aliases are
// written out.
const maxWeight = 1 << 20

// builder turns the parser's tree into nodes.
type builder struct {
	reader  *Reader
	file    string
	anchors map[string]*Node
	failed  bool
}

func (b *builder) place(n ast.Node) diag.Place {
	t := n.GetToken()
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		t = m.Values[0].Key.GetToken()
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		t = v.Key.GetToken()
	}
	if t == nil || t.Position == nil {
		return diag.Place{File: b.file}
	}
	return diag.Place{File: b.file, Line: t.Position.Line, Column: t.Position.Column}
}

func (b *builder) node(n ast.Node) *Node {
	if n == nil {
		return &Node{Place: diag.Place{File: b.file}}
	}
	out := b.convert(n)
	if out.weight++; out.weight > maxWeight && !b.failed {
		b.failed = true
		b.reader.Problems.Errorf("yaml-size", b.place(n), "the document has more than %d values", maxWeight).
			WithHint("its aliases multiply: write the values out")
	}
	return out
}

func (b *builder) convert(n ast.Node) *Node {
	out := &Node{Place: b.place(n)}
	switch n := n.(type) {
	case *ast.MappingNode:
		b.mapping(out, n.Values)
	case *ast.MappingValueNode:
		b.mapping(out, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		out.Kind = Sequence
		for _, v := range n.Values {
			item := b.node(v)
			out.weight += item.weight
			out.items = append(out.items, item)
		}
	case *ast.AnchorNode:
		target := b.node(n.Value)
		if n.Name != nil {
			b.anchors[n.Name.GetToken().Value] = target
		}
		return target
	case *ast.AliasNode:
		return b.alias(n)
	case *ast.TagNode:
		return b.tagged(n)
	default:
		b.scalar(out, n)
	}
	return out
}

// alias returns what the anchor names, with the places of where it was written.
func (b *builder) alias(n *ast.AliasNode) *Node {
	name := ""
	if n.Value != nil {
		name = n.Value.GetToken().Value
	}
	target, ok := b.anchors[name]
	if !ok {
		b.reader.Problems.Errorf("yaml-alias", b.place(n), "no anchor `&%s` stands before this alias", name)
		return &Node{Place: b.place(n)}
	}
	out := *target
	return &out
}

// tagged reads `!!str 12` and its like; tags of applications mean nothing here.
func (b *builder) tagged(n *ast.TagNode) *Node {
	out := b.node(n.Value)
	switch tag := n.Start.Value; tag {
	case "!!str":
		if out.IsScalar() {
			out.Kind, out.Quoted = String, true
		}
	case "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq":
	default:
		b.reader.complain("yaml-tag", b.place(n), "the tag `%s` has no meaning here", tag).WithHint("remove it")
	}
	return out
}

func (b *builder) mapping(out *Node, values []*ast.MappingValueNode) {
	out.Kind = Mapping
	seen := make(map[string]int, len(values))
	var merges []*Node
	for _, v := range values {
		value := b.node(v.Value)
		out.weight += value.weight
		if v.Key.IsMergeKey() {
			merges = append(merges, value)
			continue
		}
		f := Field{Key: b.key(v.Key), Place: b.place(v.Key), Value: value}
		if value.Kind == Null {
			value.Place = f.Place
		}
		if first, ok := seen[f.Key]; ok {
			b.reader.complain("duplicate-key", f.Place, "the key `%s` was given before, in line %d", f.Key, out.fields[first].Place.Line).
				WithHint("keep one of the two")
			out.fields[first] = f
			continue
		}
		seen[f.Key] = len(out.fields)
		out.fields = append(out.fields, f)
	}
	for _, m := range merges {
		b.merge(out, m, seen)
	}
}

// merge adds the keys of `<<: *x` that the mapping does not have itself.
func (b *builder) merge(out, from *Node, seen map[string]int) {
	if from.Kind == Sequence {
		for _, item := range from.items {
			b.merge(out, item, seen)
		}
		return
	}
	if from.Kind != Mapping {
		b.reader.Problems.Errorf("wrong-kind", from.Place, "`<<` merges a mapping, not %s", from.Kind)
		return
	}
	for _, f := range from.fields {
		if _, ok := seen[f.Key]; !ok {
			seen[f.Key] = len(out.fields)
			out.fields = append(out.fields, f)
		}
	}
}

// key returns the text of a key; keys are text even where they look like
// numbers.
func (b *builder) key(n ast.Node) string {
	if explicit, ok := n.(*ast.MappingKeyNode); ok && explicit.Value != nil {
		n = explicit.Value
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		return b.key(n.Value)
	case *ast.TagNode:
		return b.key(n.Value)
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.AliasNode:
		return b.alias(n).Text
	case ast.ScalarNode:
		return n.GetToken().Value
	default:
		b.reader.Problems.Errorf("wrong-kind", b.place(n), "a key must be text")
		return ""
	}
}

func (b *builder) scalar(out *Node, n ast.Node) {
	switch n := n.(type) {
	case *ast.NullNode:
		out.Kind = Null
	case *ast.BoolNode:
		out.Kind, out.truth, out.Text = Bool, n.Value, n.Token.Value
	case *ast.IntegerNode:
		b.integer(out, n)
	case *ast.FloatNode:
		out.Kind, out.number, out.Text = Float, n.Value, n.Token.Value
	case *ast.InfinityNode:
		out.Kind, out.number, out.Text = Float, n.Value, n.Token.Value
	case *ast.NanNode:
		out.Kind, out.number, out.Text = Float, math.NaN(), n.Token.Value
	case *ast.LiteralNode:
		out.Kind, out.Quoted, out.Text = String, true, n.Value.Value
	case *ast.StringNode:
		out.Kind, out.Text, out.Quoted = String, n.Value, n.Token.Indicator != 0
		if truth, ok := yaml11Bools[n.Value]; ok && !out.Quoted {
			out.Kind, out.truth = Bool, truth
		}
	default:
		b.reader.Problems.Errorf("yaml-syntax", out.Place, "this is not a value")
	}
}

func (b *builder) integer(out *Node, n *ast.IntegerNode) {
	out.Kind, out.Text = Int, n.Token.Value
	switch v := n.Value.(type) {
	case int64:
		out.number = v
	case uint64:
		out.number = int64(v)
		if v > math.MaxInt64 {
			out.Kind, out.number = Float, float64(v)
		}
	default:
		f, err := strconv.ParseFloat(out.Text, 64)
		if err != nil {
			out.Kind = String
			return
		}
		out.Kind, out.number = Float, f
	}
}

// yaml11Bools are the words that are booleans to dbt beyond true and false.
var yaml11Bools = map[string]bool{
	"yes": true, "Yes": true, "YES": true, "on": true, "On": true, "ON": true,
	"no": false, "No": false, "NO": false, "off": false, "Off": false, "OFF": false,
}
