package sqlast

import (
	"context"
	"errors"
)

// Check makes sure that the parts of a statement are to the engine what they
// are taken for: a query is one query, a value one expression, a source what
// can stand after FROM and no more. So nothing in a part reaches beyond it. An
// error about the text is a *SyntaxError with an offset in the script.
func Check(ctx context.Context, p Parser, script string, st Statement) error {
	c := &checker{ctx: ctx, parser: p, script: Common(script, []Statement{st})}
	switch h := st.Head.(type) {
	case *CreateTable:
		c.query(h.Query)
		for _, d := range h.Columns {
			c.typ(d.Type)
		}
	case *CreateView:
		c.query(h.Query)
	case *Insert:
		c.query(h.Query)
		c.returned(h.Returning)
	case *Delete:
		c.from(h.Using)
		c.value(h.Where)
		c.returned(h.Returning)
	case *Update:
		c.assignments(h.Set)
		c.from(h.From)
		c.value(h.Where)
		c.returned(h.Returning)
	case *Merge:
		c.from(h.Source)
		c.value(h.On)
		for _, a := range h.Actions {
			c.value(a.And)
			c.assignments(a.Set)
			for _, v := range a.Values {
				c.value(v)
			}
			c.value(a.Message)
		}
		c.returned(h.Returning)
	case *Alter:
		c.typ(h.Add.Type)
		c.typ(h.Type)
		c.value(h.Using)
	}
	c.with(st.With)
	return c.err
}

type checker struct {
	ctx    context.Context
	parser Parser
	script string
	err    error
}

func (c *checker) query(s Span) { c.parse("", s, func(Node) bool { return true }, "one query") }

func (c *checker) value(s Span) {
	c.parse("SELECT ", s, IsExpression, "one value")
}

func (c *checker) from(s Span) {
	c.parse("SELECT 1 FROM ", s, func(n Node) bool { return plain(n) && len(list(n, "select_list")) == 1 }, "what can stand after FROM")
}

// returned checks the list of RETURNING.
func (c *checker) returned(s Span) {
	c.parse("SELECT ", s, func(n Node) bool { return plain(n) && Kind(child(n, "from_table")) == "EMPTY" }, "a list")
}

func (c *checker) with(s Span) {
	c.parse("", s, func(Node) bool { return true }, "WITH", " SELECT 1")
}

// typ checks the name of a type: in a cast, nothing else remains.
func (c *checker) typ(s Span) {
	c.parse("SELECT CAST(NULL AS ", s, func(n Node) bool {
		all := nodes(list(n, "select_list"))
		return plain(n) && Kind(child(n, "from_table")) == "EMPTY" && len(all) == 1 && text(all[0], "class") == "CAST" &&
			text(child(all[0], "child"), "class") == "CONSTANT"
	}, "the name of a type", ")")
}

func (c *checker) assignments(list []Assignment) {
	for _, a := range list {
		c.value(a.Value)
	}
}

// parse parses a part with what is put around it.
func (c *checker) parse(before string, s Span, good func(Node) bool, what string, after ...string) {
	if c.err != nil || s.IsZero() {
		return
	}
	sql := before + c.script[s.Start:s.End]
	for _, a := range after {
		sql += a
	}
	tree, err := Parse(c.ctx, c.parser, sql)
	var syntax *SyntaxError
	switch {
	case errors.As(err, &syntax):
		at := s.Start
		if syntax.Offset >= len(before) {
			at = min(s.Start+syntax.Offset-len(before), s.End)
		}
		c.err = &SyntaxError{Message: syntax.Message, Offset: at}
	case err != nil && !errors.Is(err, ErrNotSelect):
		c.err = err
	case err != nil, tree.Len() != 1, !good(tree.Query(0)):
		c.err = &SyntaxError{Message: what + " is expected here", Offset: s.Start}
	}
}

// IsExpression reports whether a query is SELECT with one expression, which has
// no name, and nothing else.
func IsExpression(query Node) bool {
	all := nodes(list(query, "select_list"))
	return plain(query) && Kind(child(query, "from_table")) == "EMPTY" && len(all) == 1 &&
		text(all[0], "alias") == "" && text(all[0], "class") != "STAR"
}

// plain reports whether a SELECT has nothing but a list and a source.
func plain(n Node) bool {
	for _, field := range []string{"where_clause", "having", "qualify", "sample"} {
		if n[field] != nil {
			return false
		}
	}
	return Kind(n) == "SELECT_NODE" && len(list(n, "modifiers")) == 0 && len(list(n, "group_expressions")) == 0 &&
		len(list(child(n, "cte_map"), "map")) == 0
}
