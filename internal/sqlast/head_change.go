package sqlast

// queries are the words that SELECT and its relatives start with.
var queries = map[string]bool{
	"SELECT": true, "FROM": true, "VALUES": true, "TABLE": true, "PIVOT": true, "UNPIVOT": true,
	"DESCRIBE": true, "DESC": true, "SUMMARIZE": true, "SHOW": true,
}

// statement reads what a statement does.
func (r *reader) statement(st *Statement) {
	st.Word = Head(r.text[st.Start:st.End])
	switch {
	case queries[st.Word]:
		st.Head = &Query{}
		return
	case st.Word == SelectInto:
		st.Head = r.selectInto(st)
		return
	}
	if r.peek().word == "WITH" {
		st.With = r.need("WITH", st.Word)
	}
	switch r.peek().word {
	case "INSERT":
		st.Head = r.insert()
	case "DELETE":
		st.Head = r.delete()
	case "UPDATE":
		st.Head = r.update(st)
	case "MERGE":
		st.Head = r.merge()
	default:
		if !st.With.IsZero() {
			r.fail("%s cannot follow WITH", r.shown())
		}
		st.Head = r.definition()
	}
	if _, other := st.Head.(*Other); !other {
		r.end()
	}
}

// definition reads statements that change no rows.
func (r *reader) definition() any {
	switch r.peek().word {
	case "TRUNCATE":
		r.next()
		r.accept("TABLE")
		return &Delete{From: Target{Name: r.path()}}
	case "CREATE":
		return r.create()
	case "DROP":
		return r.drop()
	case "ALTER":
		return r.alter()
	case "COMMENT":
		return r.comment()
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT":
		return r.transaction()
	default:
		return &Other{}
	}
}

func (r *reader) transaction() any {
	word := r.next().word
	r.accept("TRANSACTION")
	r.accept("WORK")
	switch word {
	case "START":
		word = "BEGIN"
	case "END":
		word = "COMMIT"
	case "ABORT":
		word = "ROLLBACK"
	}
	return &Transaction{Word: word}
}

// target reads the table that is changed, and its alias before one of the words.
func (r *reader) target(words ...string) Target {
	t := Target{Name: r.path()}
	if r.accept("AS") {
		t.Alias = r.name()
		return t
	}
	if k := r.peek().kind; k != wordToken && k != quotedToken {
		return t
	}
	for _, w := range words {
		if r.peek().word == w {
			return t
		}
	}
	t.Alias = r.name()
	return t
}

func (r *reader) insert() *Insert {
	r.expect("INSERT")
	if r.peek().word == "OR" {
		r.fail("INSERT OR %s is not supported", r.ahead(1))
	}
	r.expect("INTO")
	in := &Insert{Into: r.target("VALUES", "SELECT", "FROM", "WITH", "TABLE", "DEFAULT", "BY", "PIVOT", "UNPIVOT")}
	if r.peek().word == "(" && !r.queryInParentheses() {
		in.Columns = r.list()
	}
	switch {
	case r.accept("BY", "NAME"):
		in.ByName = true
	case r.accept("BY", "POSITION"):
	case r.accept("DEFAULT", "VALUES"):
		in.Returning = r.returning()
		return in
	}
	in.Query = r.need("a query", "RETURNING")
	in.Returning = r.returning()
	return in
}

// queryInParentheses reports whether the parenthesis that comes next opens a
// query.
func (r *reader) queryInParentheses() bool {
	for i := 1; ; i++ {
		switch w := r.ahead(i); {
		case w == "(":
		case w == "WITH" || queries[w]:
			// A column may be called so, but then a comma or the end follows.
			return r.ahead(i+1) != "," && r.ahead(i+1) != ")"
		default:
			return false
		}
	}
}

// afterList are words that would end the list after RETURNING, if it were one of
// SELECT.
var afterList = []string{"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "USING", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET"}

// returning reads RETURNING, where it comes next, and its list: of the rows that
// are changed, and of no others.
func (r *reader) returning() (list Span) {
	if !r.accept("RETURNING") {
		return list
	}
	return r.need("a list", afterList...)
}

func (r *reader) delete() *Delete {
	r.expect("DELETE")
	r.expect("FROM")
	d := &Delete{From: r.target("USING", "WHERE", "RETURNING")}
	if r.accept("USING") {
		d.Using = r.need("a table", "WHERE", "RETURNING")
	}
	d.Where, d.Returning = r.where(), r.returning()
	return d
}

// where reads a condition at the end of a statement.
func (r *reader) where() (s Span) {
	if r.accept("WHERE") {
		s = r.need("a condition", "RETURNING")
	}
	return s
}

func (r *reader) update(st *Statement) any {
	if r.ahead(1) == "EXTENSIONS" && r.ahead(2) != "SET" {
		st.Word = "UPDATE EXTENSIONS"
		return &Other{}
	}
	r.expect("UPDATE")
	u := &Update{Table: r.target("SET")}
	r.expect("SET")
	u.Set = r.assignments("FROM", "WHERE", "RETURNING")
	if r.accept("FROM") {
		u.From = r.need("a table", "WHERE", "RETURNING")
	}
	u.Where, u.Returning = r.where(), r.returning()
	return u
}

// assignments reads column = value, …, up to one of the words.
func (r *reader) assignments(words ...string) []Assignment {
	var out []Assignment
	for {
		if r.peek().word == "(" {
			out = append(out, r.together()...)
		} else {
			a := Assignment{Column: r.name()}
			r.expect("=")
			a.Value = r.need("a value", append(words, ",")...)
			out = append(out, a)
		}
		if !r.accept(",") {
			return out
		}
	}
}

// together reads (a, b) = (1, 2).
func (r *reader) together() []Assignment {
	columns := r.list()
	r.expect("=")
	r.accept("ROW")
	if r.queryInParentheses() {
		r.fail("a query that gives several columns is not supported here")
	}
	values := r.values()
	if len(values) != len(columns) {
		r.fail("%d columns are set to %d values", len(columns), len(values))
		return nil
	}
	out := make([]Assignment, len(columns))
	for i := range columns {
		out[i] = Assignment{columns[i], values[i]}
	}
	return out
}
