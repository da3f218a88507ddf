package jsonfile

import (
	"encoding/json"

	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// parts reads the records inside the values of lines.
type parts struct {
	lines  record.Parser
	path   []string
	omit   map[string]bool
	names  *record.Names
	parent record.Record
	// found are the nodes of parent that are the next records.
	found []int32
}

func newParts(src record.Source, o *options) record.Parser {
	return &parts{lines: newLines(src, &options{}), path: o.path, omit: newParser(nil, o.omit).omit, names: src.Names}
}

// Next makes rec the next part, or the next line that is no JSON.
func (p *parts) Next(rec *record.Record) error {
	for len(p.found) == 0 {
		if err := p.lines.Next(&p.parent); err != nil {
			return err
		}
		if len(p.parent.Violations) > 0 {
			rec.Reset(p.parent.Line)
			rec.Raw, rec.Violations, rec.ParentLine = p.parent.Raw, p.parent.Violations, p.parent.Line
			return nil
		}
		p.find()
	}
	p.copy(rec, p.found[0])
	p.found = p.found[1:]
	return nil
}

// find follows the path.
func (p *parts) find() {
	nodes := p.parent.Nodes
	// A record that is an object has its fields at the top; another value has
	// the one name that was made up for it.
	at := p.field(p.path[0], 0, int32(len(nodes)))
	rest := p.path[1:]
	if len(p.parent.Raw) > 0 && !startsObject(p.parent.Raw) {
		at, rest = p.items([]int32{0}), p.path
	}
	for _, name := range rest {
		var next []int32
		for _, i := range p.items(at) {
			if nodes[i].Kind == record.Object {
				next = append(next, p.field(name, i+1, nodes[i].End)...)
			}
		}
		at = next
	}
	p.found = p.found[:0]
	for _, i := range at {
		if nodes[i].Kind != record.List {
			if nodes[i].Kind != record.Null {
				p.found = append(p.found, i)
			}
			continue
		}
		for k := i + 1; k < nodes[i].End; k = nodes[k].End {
			p.found = append(p.found, k)
		}
	}
}

func startsObject(raw []byte) bool {
	for _, c := range raw {
		if !isBlank(c) {
			return c == '{'
		}
	}
	return false
}

// field returns the field of that name among the nodes from lo to hi.
func (p *parts) field(name string, lo, hi int32) []int32 {
	for i := lo; i < hi; i = p.parent.Nodes[i].End {
		if p.names.Text(p.parent.Nodes[i].Name) == name {
			return []int32{i}
		}
	}
	return nil
}

// items returns nodes with the items of lists in place of the lists, however
// many are inside each other.
func (p *parts) items(of []int32) []int32 {
	var all []int32
	for _, i := range of {
		n := p.parent.Nodes[i]
		if n.Kind != record.List {
			all = append(all, i)
			continue
		}
		for k := i + 1; k < n.End; {
			if p.parent.Nodes[k].Kind == record.List {
				k++ // what is in it is looked at next
				continue
			}
			all = append(all, k)
			k = p.parent.Nodes[k].End
		}
	}
	return all
}

// copy makes rec the part at index i.
func (p *parts) copy(rec *record.Record, i int32) {
	n := p.parent.Nodes[i]
	rec.Reset(p.parent.Line)
	rec.ParentLine = p.parent.Line
	rec.Raw = rawOf(n)
	lo := i
	if n.Kind == record.Object {
		lo++
	}
	for k := lo; k < n.End; k = p.parent.Nodes[k].End {
		if lo == i || !p.omit[p.names.Text(p.parent.Nodes[k].Name)] {
			p.take(rec, k)
		}
	}
	if lo == i {
		rec.Nodes[0].Name = p.names.ID([]byte(valueColumn))
	}
}

// take adds the value at index i, and what is in it.
func (p *parts) take(rec *record.Record, i int32) {
	shift := i - int32(len(rec.Nodes))
	for k := i; k < p.parent.Nodes[i].End; k++ {
		c := p.parent.Nodes[k]
		c.End -= shift
		rec.Nodes = append(rec.Nodes, c)
	}
}

// rawOf is the source text of a value, or what JSON writes for it.
func rawOf(n record.Node) []byte {
	switch n.Kind {
	case record.Null:
		return []byte("null")
	case record.Text:
		raw, _ := json.Marshal(string(n.Text)) // texts have no error
		return raw
	}
	return n.Text
}

// End tells how the file ended.
func (p *parts) End() record.End { return p.lines.End() }

// Close gives memory back.
func (p *parts) Close() { p.lines.Close() }
