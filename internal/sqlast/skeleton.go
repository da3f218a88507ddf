package sqlast

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Skeleton returns a statement without its parts: the author's text, but for
// names of tables, which become stub, and for queries, conditions and values,
// which become such that fit a table of so many columns. "" is a statement that
// has no head. The engine can tell of it what kind of statement it is.
func Skeleton(script string, st Statement, stub string, columns int) string {
	k := &skeleton{stub: stub}
	nulls := func(n int) string { return "SELECT NULL" + strings.Repeat(", NULL", max(n, 1)-1) }
	k.put(st.With, "")
	switch h := st.Head.(type) {
	case *CreateTable:
		if !h.Into.IsZero() { // which the engine does not know
			return "CREATE TABLE " + stub + "_new AS " + nulls(1)
		}
		k.put(h.Name.Span, stub+"_new")
		k.put(h.OnCommit, "") // of which the engine knows but one kind
		k.put(h.Query, nulls(len(h.Columns)))
		for _, c := range h.Columns {
			k.put(c.Type, "INTEGER")
		}
	case *CreateView:
		k.put(h.Name.Span, stub+"_new")
		k.put(h.Query, nulls(len(h.Columns)))
	case *CreateSchema:
		k.put(h.Name.Span, stub+"_new")
	case *Insert:
		k.put(h.Into.Name.Span, stub)
		if len(h.Columns) > 0 {
			columns = len(h.Columns)
		}
		if h.ByName {
			k.put(h.Query, "SELECT * FROM "+stub)
		} else {
			k.put(h.Query, nulls(columns))
		}
		k.put(h.Returning, "1")
	case *Delete:
		k.put(h.From.Name.Span, stub)
		k.put(h.Using, "(SELECT 1) AS "+stub+"_other")
		k.put(h.Where, "true")
		k.put(h.Returning, "1")
	case *Update:
		k.put(h.Table.Name.Span, stub)
		k.assignments(h.Set)
		k.put(h.From, "(SELECT 1) AS "+stub+"_other")
		k.put(h.Where, "true")
		k.put(h.Returning, "1")
	case *Merge:
		k.merge(h)
	case *Drop:
		for _, n := range h.Names {
			k.put(n.Span, stub+kindSuffix[h.Kind])
		}
	case *Alter:
		k.put(h.Name.Span, stub+kindSuffix[h.Kind])
		k.put(h.Add.Type, "INTEGER")
		k.put(h.Type, "INTEGER")
		k.put(h.Using, "NULL")
	case *Comment:
		name := stub + kindSuffix[h.Kind]
		if h.Kind == "COLUMN" {
			name += "." + ident.Quote(h.Name.Last())
		}
		k.put(h.Name.Span, name)
	case *Transaction:
	default:
		return ""
	}
	return k.fill(script, st)
}

// Common is a script without what the engine does not know, with spaces in its
// place: ON COMMIT of temporary tables, and INTO of SELECT.
func Common(script string, list []Statement) string {
	for _, st := range list {
		c, is := st.Head.(*CreateTable)
		if !is {
			continue
		}
		for _, at := range []Span{c.OnCommit, c.Into} {
			if !at.IsZero() {
				script = script[:at.Start] + strings.Repeat(" ", at.End-at.Start) + script[at.End:]
			}
		}
	}
	return script
}

// kindSuffix are what is behind the stub in the names of other things than
// tables.
var kindSuffix = map[string]string{"VIEW": "_view", "SCHEMA": "_schema"}

type skeleton struct {
	stub  string
	parts []standIn
}

// standIn takes the place of a part.
type standIn struct {
	Span
	text string
}

func (k *skeleton) put(s Span, text string) {
	if !s.IsZero() {
		k.parts = append(k.parts, standIn{s, text})
	}
}

func (k *skeleton) assignments(list []Assignment) {
	for _, a := range list {
		k.put(a.Value, "NULL")
	}
}

func (k *skeleton) merge(m *Merge) {
	k.put(m.Into.Name.Span, k.stub)
	k.put(m.Source, "(SELECT * FROM "+k.stub+") AS "+k.stub+"_other")
	k.put(m.On, "true")
	for _, a := range m.Actions {
		k.put(a.And, "true")
		k.assignments(a.Set)
		for _, v := range a.Values {
			k.put(v, "NULL")
		}
		k.put(a.Message, "NULL")
	}
	k.put(m.Returning, "1")
}

func (k *skeleton) fill(script string, st Statement) string {
	slices.SortFunc(k.parts, func(a, b standIn) int { return a.Start - b.Start })
	var b strings.Builder
	at := st.Start
	for _, p := range k.parts {
		b.WriteString(script[at:p.Start] + " " + p.text + " ")
		at = p.End
	}
	return b.String() + script[at:st.End]
}
