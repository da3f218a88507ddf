package graph

import (
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project/selectors"
)

// named reads the selector of selectors.yml that has the given name.
func (q *query) named(name string) term {
	file := q.graph.project.Selectors
	s := file.ByName(name)
	if s == nil {
		p := diag.New("unknown-selector", diag.Place{}, "%s has no selector `%s`", selectors.Name, name)
		if near := ident.Near(name, file.Names()); len(near) > 0 {
			p.WithHint("did you mean `%s`?", near[0])
		} else if all := file.Names(); len(all) > 0 {
			p.WithHint("there are %s", strings.Join(all, ", "))
		}
		q.problems.Add(p)
		return group{}
	}
	return q.definition(s.Definition)
}

// definition reads a node of a selector.
func (q *query) definition(d selectors.Definition) term {
	var t term
	switch {
	case d.Criterion != nil:
		t = q.criterion(*d.Criterion, d.Place)
	case d.Union != nil:
		t = q.several(union, d.Union)
	case d.Intersection != nil:
		t = q.several(intersection, d.Intersection)
	default:
		all := group{op: union, indirect: q.indirect}
		for _, text := range strings.Fields(d.Text) {
			all.parts = append(all.parts, q.intersection(text))
		}
		t = all
	}
	if len(d.Exclude) == 0 {
		return t
	}
	return group{op: difference, parts: []term{t, q.several(union, d.Exclude)}, indirect: q.indirect}
}

func (q *query) several(op operation, list []selectors.Definition) term {
	out := group{op: op, indirect: q.indirect}
	for _, d := range list {
		out.parts = append(out.parts, q.definition(d))
	}
	return out
}

// criterion reads a method with its value and options: the same as the text
// that the command line would have.
func (q *query) criterion(c selectors.Criterion, place diag.Place) term {
	if c.Method == "selector" {
		return q.named(c.Value)
	}
	text := c.Method + ":" + c.Value
	if c.Parents {
		text = depthText(c.ParentsDepth) + "+" + text
	}
	if c.Children {
		text += "+" + depthText(c.ChildrenDepth)
	}
	if c.ChildrensParents {
		text = "@" + text
	}
	parsed, err := parseCriterion(text)
	if err == nil {
		err = q.prepare(&parsed)
	}
	if err != nil {
		var ps diag.Problems
		ps.AddError("bad-selector", place, err)
		for _, p := range ps.All() {
			p.Place = place
			q.problems.Add(p)
		}
		return group{}
	}
	parsed.indirect = q.indirect
	if c.IndirectSelection != "" {
		parsed.indirect = Indirect(c.IndirectSelection)
	}
	return parsed
}

// depthText writes a number of steps; all the way is nothing.
func depthText(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}
