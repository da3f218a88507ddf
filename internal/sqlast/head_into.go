package sqlast

import "slices"

// clauses are what can follow the list of a SELECT, and a statement's end.
var clauses = []string{"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH", "USING", ";"}

// into moves to INTO behind the list of the SELECT that comes next; false is one
// without.
func (r *reader) into() bool {
	r.expect("SELECT")
	r.until(append([]string{"INTO"}, clauses...)...)
	return r.peek().word == "INTO"
}

// selectInto reads SELECT … INTO, which is another way to write CREATE TABLE … AS:
// all but INTO is the query.
func (r *reader) selectInto(st *Statement) *CreateTable {
	c := &CreateTable{Query: st.Span}
	if r.peek().word == "WITH" {
		r.need("WITH", "SELECT")
	}
	r.into()
	from := r.at
	r.expect("INTO")
	if w := r.peek().word; w == "LOCAL" || w == "GLOBAL" {
		r.next()
	}
	if c.Temp = r.accept("TEMP") || r.accept("TEMPORARY"); !c.Temp {
		r.accept("UNLOGGED")
	}
	r.accept("TABLE")
	if r.atClause() {
		r.fail("a name is expected here, not %s", r.shown())
	}
	c.Name = r.path()
	if c.Into = r.since(from); !r.ended() && !r.atClause() {
		r.fail("SELECT … INTO names one table, and goes on with FROM, not %s", r.shown())
	}
	return c
}

func (r *reader) atClause() bool {
	return r.peek().kind != quotedToken && slices.Contains(clauses, r.peek().word)
}

// Reads adds the query that the table is made of to a text.
func (c *CreateTable) Reads(t *Text) *Text {
	if c.Into.IsZero() {
		return t.Part(c.Query)
	}
	return t.Part(Span{c.Query.Start, c.Into.Start}).Add(" ").Part(Span{c.Into.End, c.Query.End})
}
