package crawl

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Setting is an option of a source, as it stands in an ingest file.
type Setting struct{ Name, Value string }

// Listing is what a source has, and what a project loads of it.
type Listing struct {
	// From is the source's name, Settings what it was asked with.
	From     string
	Settings []Setting
	Tables   []connector.Listed
	// Patterns choose tables by name, with or without schema; none means all.
	Patterns []string
	// Known are the names that the project loads already, Taken those of its
	// tables.
	Known, Taken []string
}

// Propose proposes how to load the tables of a source.
func (l Listing) Propose() *Proposal {
	p := &Proposal{}
	var left []string
	for _, t := range l.Tables {
		switch {
		case !l.chosen(t.Name):
			left = append(left, t.Name)
		case slices.ContainsFunc(l.Known, func(k string) bool { return sameTable(k, t.Name) }):
			p.Files++
			p.Covered++
		default:
			p.Files++
			p.Tables = append(p.Tables, l.table(t))
		}
	}
	for _, k := range l.Known {
		if !slices.ContainsFunc(l.Tables, func(t connector.Listed) bool { return sameTable(k, t.Name) }) {
			p.Changes = append(p.Changes, Change{Table: k, What: []string{"the source has no such table any more, or does not let this user see it"}})
		}
	}
	if len(left) > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s not chosen: %s", count(int64(len(left)), "table"), strings.Join(left, ", ")))
	}
	var known []Known
	for _, name := range l.Taken {
		known = append(known, Known{Name: "." + name})
	}
	p.finish(known)
	return p
}

// chosen reports whether a pattern matches a name, or none was given.
func (l Listing) chosen(name string) bool {
	_, bare, _ := strings.Cut(name, ".")
	return len(l.Patterns) == 0 || slices.ContainsFunc(l.Patterns, func(p string) bool {
		folded := ident.Fold(p)
		whole, err1 := path.Match(folded, ident.Fold(name))
		part, err2 := path.Match(folded, ident.Fold(bare))
		return err1 == nil && whole || err2 == nil && part && !strings.Contains(p, ".")
	})
}

// sameTable reports whether a name as a project has it, perhaps without its
// schema, is a table's.
func sameTable(known, name string) bool {
	if ident.Fold(known) == ident.Fold(name) {
		return true
	}
	_, bare, ok := strings.Cut(name, ".")
	return ok && !strings.Contains(known, ".") && ident.Fold(known) == ident.Fold(bare)
}

// table proposes how to load one table: what changed since the last load where
// a key and a cursor let it, else all of it.
func (l Listing) table(t connector.Listed) Table {
	bare := t.Name
	if _, after, ok := strings.Cut(t.Name, "."); ok {
		bare = after
	}
	out := Table{
		Name: Name(bare), From: l.From, Confidence: 1, Rows: t.Records,
		Settings: append(slices.Clone(l.Settings), Setting{"table", t.Name}),
	}
	if t.Records >= 0 {
		out.Evidence = append(out.Evidence, fmt.Sprintf("about %s, as the database estimates", count(t.Records, "row")))
	}
	switch {
	case len(t.PrimaryKey) > 0 && t.Cursor != "":
		out.PrimaryKey, out.Cursor, out.Mode = t.PrimaryKey, t.Cursor, "merge"
		out.Evidence = append(out.Evidence, fmt.Sprintf("%s: %s", t.Cursor, t.CursorIs))
	default:
		out.PrimaryKey, out.Mode = t.PrimaryKey, "replace"
		why := "it has no column that seems to say when a row changed"
		if t.Cursor != "" {
			why = "it has no primary key"
		}
		out.Evidence = append(out.Evidence, why+": every load reads all of it")
	}
	return out
}
