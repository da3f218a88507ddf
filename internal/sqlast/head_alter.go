package sqlast

// alter reads ALTER TABLE and ALTER VIEW.
func (r *reader) alter() any {
	from := r.at
	r.expect("ALTER")
	kind := r.peek().word
	if kind != "TABLE" && kind != "VIEW" {
		r.at = from
		return &Other{}
	}
	r.next()
	a := &Alter{Kind: kind, IfExists: r.accept("IF", "EXISTS")}
	a.Name = r.path()
	switch {
	case r.accept("RENAME", "TO"):
		a.Do, a.To = RenameTo, r.path()
	case kind == "VIEW":
		r.fail("of a view, only the name can be altered: RENAME TO is expected here, not %s", r.shown())
	case r.accept("RENAME"):
		r.accept("COLUMN")
		a.Do, a.Column = RenameColumn, r.name()
		r.expect("TO")
		a.To = r.name()
	case r.accept("ADD"):
		r.refuseConstraint()
		r.accept("COLUMN")
		a.Do, a.Lenient = AddColumn, r.accept("IF", "NOT", "EXISTS")
		a.Add = r.column()
		a.Column = a.Add.Name
		if a.Add.Type.IsZero() {
			r.fail("a type is expected here, not %s", r.shown())
		}
	case r.accept("DROP"):
		r.accept("COLUMN")
		a.Do, a.Lenient = DropColumn, r.accept("IF", "EXISTS")
		a.Column = r.name()
		if !r.accept("CASCADE") {
			r.accept("RESTRICT")
		}
	case r.accept("ALTER"):
		r.accept("COLUMN")
		a.Column = r.name()
		r.alterColumn(a)
	default:
		r.fail("RENAME, ADD, DROP or ALTER is expected here, not %s", r.shown())
	}
	return a
}

func (r *reader) alterColumn(a *Alter) {
	switch {
	case r.accept("SET", "NOT", "NULL"):
		a.Do = SetNotNull
	case r.accept("DROP", "NOT", "NULL"):
		a.Do = DropNotNull
	case r.accept("SET", "DATA", "TYPE"), r.accept("SET", "TYPE"), r.accept("TYPE"):
		a.Do = SetType
		a.Type = r.need("a type", "USING")
		if r.accept("USING") {
			a.Using = r.need("a value")
		}
	case r.accept("SET", "DEFAULT"), r.accept("DROP", "DEFAULT"):
		r.fail("a default value is not kept by the lake")
	default:
		r.fail("TYPE or NOT NULL is expected here, not %s", r.shown())
	}
}
