package sqlast

func (r *reader) merge() *Merge {
	r.expect("MERGE")
	r.expect("INTO")
	m := &Merge{Into: r.target("USING")}
	r.expect("USING")
	m.Source = r.source(m)
	if r.accept("ON") {
		m.On = r.need("a condition", "WHEN", "RETURNING")
	} else {
		r.expect("USING")
		m.Using = r.list()
	}
	for r.peek().word == "WHEN" {
		m.Actions = append(m.Actions, r.mergeAction())
	}
	if len(m.Actions) == 0 {
		r.fail("WHEN is expected here, not %s", r.shown())
	}
	m.Returning = r.returning()
	return m
}

// source reads a table or a join up to the ON or USING that is not one of its
// own joins.
func (r *reader) source(m *Merge) Span {
	joins := 0
	s := r.skip(func(word string) bool {
		switch word {
		case ",":
			m.Joined = true
		case "JOIN":
			m.Joined = true
			if before := r.tokens[r.at-1].word; before != "CROSS" && before != "POSITIONAL" && !r.natural() {
				joins++
			}
		case "ON", "USING":
			joins--
			return joins < 0
		}
		return false
	})
	if s.IsZero() {
		r.fail("a table is expected here, not %s", r.shown())
	}
	return s
}

// natural reports whether the JOIN that comes next is a natural one.
func (r *reader) natural() bool {
	for i := r.at - 1; i >= max(0, r.at-3); i-- {
		if r.tokens[i].word == "NATURAL" {
			return true
		}
	}
	return false
}

func (r *reader) mergeAction() MergeAction {
	from := r.at
	r.expect("WHEN")
	a := MergeAction{When: Matched}
	if r.accept("NOT") {
		a.When = NotMatched
	}
	r.expect("MATCHED")
	switch {
	case r.accept("BY", "SOURCE"):
		a.When = NotMatchedBySource
	case r.accept("BY", "TARGET"):
	}
	if r.accept("AND") {
		a.And = r.need("a condition", "THEN")
	}
	r.expect("THEN")
	r.mergeDo(&a)
	a.Span = r.since(from)
	return a
}

func (r *reader) mergeDo(a *MergeAction) {
	switch {
	case r.accept("DO", "NOTHING"):
	case r.accept("DELETE"):
		a.Do = DoDelete
	case r.accept("UPDATE"):
		a.Do = DoUpdate
		a.ByName = r.byName()
		if r.accept("SET") && !r.accept("*") {
			a.Set = r.assignments("WHEN", "RETURNING")
		}
	case r.accept("INSERT"):
		a.Do = DoInsert
		r.mergeInsert(a)
	case r.accept("ERROR"):
		a.Do = DoFail
		a.Message = r.until("WHEN", "RETURNING")
	default:
		r.fail("UPDATE, INSERT, DELETE, DO NOTHING or ERROR is expected here, not %s", r.shown())
	}
	if a.When == NotMatched && (a.Do == DoUpdate || a.Do == DoDelete) || a.When != NotMatched && a.Do == DoInsert {
		r.fail("rows of this kind can be inserted only where no row of the table matches, and changed only where one does")
	}
}

// byName reads BY NAME or BY POSITION.
func (r *reader) byName() bool {
	if r.accept("BY", "NAME") {
		return true
	}
	r.accept("BY", "POSITION")
	return false
}

func (r *reader) mergeInsert(a *MergeAction) {
	a.ByName = r.byName()
	if r.accept("*") {
		return
	}
	if r.peek().word == "(" {
		a.Columns = r.list()
	}
	if r.peek().word == "DEFAULT" {
		r.fail("DEFAULT VALUES is not supported here")
	}
	if r.accept("VALUES") {
		a.Values = r.values()
	}
}
