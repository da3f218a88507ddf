package avrofile

import (
	"fmt"
	"strings"

	"github.com/twmb/avro"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// deepest is how deep types may nest.
const deepest = 100

// plan is how the records of one file are read.
type plan struct {
	fields []connector.Field
	// reads has one for each field.
	reads []read
}

// read reads one value into x, which is a zero Value.
type read func(d *decoder, x *typed.Value)

// shape is a schema made ready: its type, how its values are read, and whether
// they may take no bytes.
type shape struct {
	t     connector.Type
	read  read
	empty bool
}

// planner makes shapes of schemas.
type planner struct {
	// named are the definitions of named types.
	named map[string]*avro.SchemaNode
	// open are the named types that the planner is inside of.
	open     map[string]bool
	depth    int
	truncate bool
}

// newPlan returns the plan for files of a schema.
func newPlan(in connector.Input, schema *avro.Schema, truncate bool) (*plan, error) {
	root := schema.Root()
	p := &planner{named: map[string]*avro.SchemaNode{}, open: map[string]bool{}, truncate: truncate}
	p.define(root, 0)
	if root.Type != "record" {
		root = &avro.SchemaNode{Type: "record", Fields: []avro.SchemaField{{Name: "value", Type: *root}}}
	}
	var problems diag.Problems
	made := &plan{}
	for i := range root.Fields {
		f := &root.Fields[i]
		s, err := p.shape(&f.Type)
		if err != nil {
			problems.Errorf("unfit-type", diag.Place{File: in.Name}, "field %q: %v", f.Name, err).
				Hint = "write the file without this field, or with another type"
			continue
		}
		made.fields = append(made.fields, connector.Field{Name: f.Name, Type: s.t})
		made.reads = append(made.reads, s.read)
	}
	return made, problems.Err()
}

// define collects named types.
func (p *planner) define(n *avro.SchemaNode, depth int) {
	if n == nil || depth > 2*deepest {
		return
	}
	switch n.Type {
	case "record", "error", "enum", "fixed":
		p.named[fullName(n)] = n
	}
	for i := range n.Fields {
		p.define(&n.Fields[i].Type, depth+1)
	}
	for i := range n.Branches {
		p.define(&n.Branches[i], depth+1)
	}
	p.define(n.Items, depth+1)
	p.define(n.Values, depth+1)
}

func fullName(n *avro.SchemaNode) string {
	if n.Namespace == "" || strings.Contains(n.Name, ".") {
		return n.Name
	}
	return n.Namespace + "." + n.Name
}

// shape makes a schema ready.
func (p *planner) shape(n *avro.SchemaNode) (shape, error) {
	if p.depth++; p.depth > deepest {
		return shape{}, fmt.Errorf("its type is nested deeper than %d levels", deepest)
	}
	defer func() { p.depth-- }()
	switch n.Type {
	case "array":
		return p.array(n)
	case "map":
		return p.entries(n)
	case "union":
		return p.union(n)
	case "record", "error":
		return p.record(n)
	}
	if s, ok := p.scalar(n); ok {
		return s, nil
	}
	if definition, ok := p.named[n.Type]; ok {
		return p.shape(definition)
	}
	return shape{}, fmt.Errorf("nobody knows the type %q", n.Type)
}

func (p *planner) record(n *avro.SchemaNode) (shape, error) {
	name := fullName(n)
	if p.open[name] {
		return shape{}, fmt.Errorf("the record %s holds itself, which no column does", name)
	}
	p.open[name] = true
	defer delete(p.open, name)
	if len(n.Fields) == 0 {
		return shape{}, fmt.Errorf("the record %s has no fields", name)
	}
	t, empty := connector.StructOf(), true
	var reads []read
	for i := range n.Fields {
		f := &n.Fields[i]
		inner, err := p.shape(&f.Type)
		if err != nil {
			return shape{}, err
		}
		if t.Field(f.Name) >= 0 {
			return shape{}, fmt.Errorf("the record %s has two fields named %q", name, f.Name)
		}
		t.Fields = append(t.Fields, connector.Field{Name: f.Name, Type: known(inner.t)})
		reads = append(reads, inner.read)
		empty = empty && inner.empty
	}
	return shape{t: t, empty: empty, read: func(d *decoder, x *typed.Value) {
		x.Present, x.Kind, x.Fields, x.Items = true, connector.Struct, t.Fields, d.arena.Take(len(reads))
		for i, read := range reads {
			x.Items[i] = typed.Value{}
			read(d, &x.Items[i])
		}
	}}, nil
}

func (p *planner) array(n *avro.SchemaNode) (shape, error) {
	inner, err := p.shape(n.Items)
	return shape{t: connector.ListOf(known(inner.t)), read: func(d *decoder, x *typed.Value) {
		x.Present, x.Kind = true, connector.List
		x.Items = d.items(1, inner.empty, func(items []typed.Value) { inner.read(d, &items[0]) })
	}}, err
}

func (p *planner) entries(n *avro.SchemaNode) (shape, error) {
	inner, err := p.shape(n.Values)
	return shape{t: connector.MapOf(connector.Type{Kind: connector.String}, known(inner.t)), read: func(d *decoder, x *typed.Value) {
		x.Present, x.Kind = true, connector.Map
		x.Items = d.items(2, false, func(entry []typed.Value) {
			entry[0].Present, entry[0].Kind, entry[0].Bytes = true, connector.String, d.bytes()
			inner.read(d, &entry[1])
		})
	}}, err
}

// known makes string of what has no type inside another one.
func known(t connector.Type) connector.Type {
	if t.Kind == typed.Unknown {
		return connector.Type{Kind: connector.String}
	}
	return t
}
