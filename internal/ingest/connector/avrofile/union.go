package avrofile

import (
	"fmt"
	"strings"

	"github.com/twmb/avro"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// union makes a union ready: the type of its only branch, a type of numbers, or
// a struct of its branches.
func (p *planner) union(n *avro.SchemaNode) (shape, error) {
	reads := make([]read, len(n.Branches))
	parts := connector.StructOf()
	place := make([]int, len(n.Branches))
	joined := connector.Type{Kind: typed.Unknown}
	for i := range n.Branches {
		branch := &n.Branches[i]
		s, err := p.shape(branch)
		if err != nil {
			return shape{}, err
		}
		reads[i], place[i] = s.read, -1
		if s.t.Kind == typed.Unknown {
			continue
		}
		name := branchName(branch)
		for k := 2; parts.Field(name) >= 0; k++ {
			name = fmt.Sprintf("%s_%d", branchName(branch), k)
		}
		place[i] = len(parts.Fields)
		parts.Fields = append(parts.Fields, connector.Field{Name: name, Type: s.t})
		joined = joinNumbers(joined, s.t)
	}
	switch {
	case len(parts.Fields) == 0:
		return shape{t: joined, read: choose(reads)}, nil
	case len(parts.Fields) == 1:
		return shape{t: parts.Fields[0].Type, read: choose(reads)}, nil
	case joined.Kind != connector.String:
		return shape{t: joined, read: choose(reads)}, nil
	}
	return shape{t: parts, read: branches(reads, place, parts)}, nil
}

// joinNumbers joins types of numbers; string is none.
func joinNumbers(a, b connector.Type) connector.Type {
	none := connector.Type{Kind: connector.String}
	if b.Kind < connector.Int || b.Kind > connector.Decimal {
		return none
	}
	joined, ok := typed.Join(a, b)
	if !ok || a.Kind == connector.String {
		return none
	}
	return joined
}

// choose reads the branch that a value is of.
func choose(reads []read) read {
	return func(d *decoder, x *typed.Value) {
		if i := d.index(len(reads)); i >= 0 {
			reads[i](d, x)
		}
	}
}

// branches reads a value into the field of its branch.
func branches(reads []read, place []int, t connector.Type) read {
	return func(d *decoder, x *typed.Value) {
		i := d.index(len(reads))
		if i < 0 || place[i] < 0 {
			return
		}
		x.Present, x.Kind, x.Fields, x.Items = true, connector.Struct, t.Fields, d.arena.Take(len(t.Fields))
		clear(x.Items)
		reads[i](d, &x.Items[place[i]])
	}
}

// branchName is the name of a branch's type, without its namespace.
func branchName(n *avro.SchemaNode) string {
	name := n.Name
	if name == "" {
		name = n.Type
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}
