package sqlast

import "strings"

// create reads CREATE TABLE, VIEW and SCHEMA; other things that can be created
// are no part of a lake.
func (r *reader) create() any {
	from := r.at
	r.expect("CREATE")
	replace := r.accept("OR", "REPLACE")
	if w := r.peek().word; w == "LOCAL" || w == "GLOBAL" {
		r.next()
	}
	temp := r.accept("TEMP") || r.accept("TEMPORARY")
	switch {
	case r.accept("TABLE"):
		return r.createTable(&CreateTable{Replace: replace, Temp: temp})
	case r.accept("VIEW"):
		return r.createView(&CreateView{Replace: replace, Temp: temp})
	case r.accept("SCHEMA") && !replace && !temp:
		c := &CreateSchema{IfNotExists: r.accept("IF", "NOT", "EXISTS")}
		c.Name = r.path()
		return c
	default:
		r.at = from
		return &Other{}
	}
}

func (r *reader) createTable(c *CreateTable) *CreateTable {
	c.IfNotExists = r.accept("IF", "NOT", "EXISTS")
	c.Name = r.path()
	if r.peek().word == "(" {
		c.Columns = r.columns()
	}
	r.onCommit(c)
	if !r.accept("AS") {
		if len(c.Columns) == 0 {
			r.fail("columns or AS are expected here, not %s", r.shown())
		}
		for _, d := range c.Columns {
			if d.Type.IsZero() && r.err == nil {
				r.err = &SyntaxError{Message: "the column " + d.Name.Last() + " has no type", Offset: d.Name.Start}
			}
		}
		return c
	}
	c.Query = r.need("a query")
	c.Query, c.Empty = r.withoutData(c.Query)
	for _, d := range c.Columns {
		if !d.Type.IsZero() {
			r.err = &SyntaxError{Message: "the columns of CREATE TABLE … AS have names only", Offset: d.Type.Start}
		}
	}
	return c
}

// onCommit reads ON COMMIT, which temporary tables may have.
func (r *reader) onCommit(c *CreateTable) {
	from := r.at
	if !r.accept("ON", "COMMIT") {
		return
	}
	switch {
	case !c.Temp:
		r.fail("ON COMMIT is for temporary tables")
	case r.accept("PRESERVE", "ROWS"):
	case r.accept("DELETE", "ROWS"):
		c.AtCommit = DeleteRows
	case r.accept("DROP"):
		c.AtCommit = DropTable
	default:
		r.fail("PRESERVE ROWS, DELETE ROWS or DROP is expected here, not %s", r.shown())
	}
	c.OnCommit = r.since(from)
}

// withoutData takes WITH [NO] DATA from the end of a query.
func (r *reader) withoutData(query Span) (Span, bool) {
	last := r.at - 1
	if last < 2 || r.tokens[last].word != "DATA" {
		return query, false
	}
	no := r.tokens[last-1].word == "NO"
	with := last - 1
	if no {
		with--
	}
	if with < 1 || r.tokens[with].word != "WITH" {
		return query, false
	}
	return Span{query.Start, r.tokens[with-1].end}, no
}

// columns reads the columns of a table: definitions, or names alone.
func (r *reader) columns() []ColumnDefinition {
	r.expect("(")
	var out []ColumnDefinition
	for {
		r.refuseConstraint()
		out = append(out, r.column())
		if !r.accept(",") {
			break
		}
	}
	r.expect(")")
	return out
}

// refused are what columns and tables can have in a database that a lake has
// not, and what to do instead.
var refused = map[string]string{
	"PRIMARY": "a primary key", "UNIQUE": "a unique constraint", "FOREIGN": "a foreign key", "REFERENCES": "a foreign key",
	"CHECK": "a check constraint", "EXCLUDE": "an exclusion constraint", "DEFAULT": "a default value",
	"GENERATED": "a generated column", "COLLATE": "a collation", "LIKE": "the columns of another table",
}

// refuseConstraint refuses a constraint where a column could stand.
func (r *reader) refuseConstraint() {
	word, after := r.peek().word, r.ahead(1)
	constraint := word == "CONSTRAINT" || (word == "PRIMARY" || word == "FOREIGN") && after == "KEY" || (word == "UNIQUE" || word == "CHECK") && after == "("
	if constraint {
		what := refused[word]
		if what == "" {
			what = "a constraint"
		}
		r.fail("%s is not kept by the lake; declare a test instead", what)
	}
}

// column reads a column's name, its type, and whether it takes NULL.
func (r *reader) column() ColumnDefinition {
	d := ColumnDefinition{Name: r.name()}
	d.Type = r.until("NOT", "NULL", "CONSTRAINT", "AS", "PRIMARY", "UNIQUE", "REFERENCES", "CHECK", "DEFAULT", "GENERATED", "COLLATE", ",", ")")
	for !r.ended() {
		switch {
		case r.accept("NOT", "NULL"):
			d.NotNull = true
		case r.accept("NULL"):
		case r.peek().word == "," || r.peek().word == ")":
			return d
		default:
			what, known := refused[r.peek().word]
			if !known {
				what = r.shown()
			}
			r.fail("column %s: %s is not kept by the lake", d.Name.Last(), what)
		}
	}
	return d
}

func (r *reader) createView(c *CreateView) *CreateView {
	c.IfNotExists = r.accept("IF", "NOT", "EXISTS")
	c.Name = r.path()
	if r.peek().word == "(" {
		c.Columns = r.list()
	}
	r.expect("AS")
	c.Query = r.need("a query")
	return c
}

func (r *reader) drop() any {
	from := r.at
	r.expect("DROP")
	r.accept("MATERIALIZED")
	kind := r.peek().word
	if kind != "TABLE" && kind != "VIEW" && kind != "SCHEMA" {
		r.at = from
		return &Other{}
	}
	r.next()
	d := &Drop{Kind: kind, IfExists: r.accept("IF", "EXISTS")}
	d.Names = []Name{r.path()}
	for r.accept(",") {
		d.Names = append(d.Names, r.path())
	}
	if r.accept("CASCADE") {
		d.Cascade = true
	} else {
		r.accept("RESTRICT")
	}
	return d
}

func (r *reader) comment() any {
	from := r.at
	r.expect("COMMENT", "ON")
	c := &Comment{Kind: r.next().word}
	if c.Kind != "TABLE" && c.Kind != "VIEW" && c.Kind != "COLUMN" {
		r.at = from
		return &Other{}
	}
	c.Name = r.commented()
	r.expect("IS")
	if r.accept("NULL") {
		return c
	}
	t := r.next()
	if t.kind != stringToken {
		r.fail("a text or NULL is expected after IS")
		return c
	}
	text, ok := Unquote(r.text[t.start:t.end])
	if !ok {
		r.fail("a text in simple quotes is expected after IS")
	}
	c.Text = text
	return c
}

// commented reads the name of a table, or that of a column with its table's
// before it, of four parts at most.
func (r *reader) commented() Name { return r.dotted(4, "the name has too many parts") }

// Unquote returns the text of a literal in simple quotes or between dollars.
func Unquote(literal string) (string, bool) {
	if strings.HasPrefix(literal, "$") {
		tag := literal[:strings.IndexByte(literal[1:], '$')+2]
		if len(literal) < 2*len(tag) || !strings.HasSuffix(literal, tag) {
			return "", false
		}
		return literal[len(tag) : len(literal)-len(tag)], true
	}
	if len(literal) < 2 || literal[0] != '\'' || literal[len(literal)-1] != '\'' {
		return "", false
	}
	return strings.ReplaceAll(literal[1:len(literal)-1], "''", "'"), true
}
