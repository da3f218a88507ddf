package crawl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
)

// compare finds the files that known tables load, and what became different
// for these tables.
//
// A table whose files cannot be looked at, such as one with a link that leads out,
// is noted and hinders no other.
func (c *Crawler) compare(ctx context.Context, q Query, met []locate.File, p *Proposal) (map[string]bool, error) {
	names := map[string]bool{}
	for _, f := range met {
		names[f.Name] = true
	}
	covered := map[string]bool{}
	for _, k := range q.Known {
		if k.Paths = within(k.Paths, q.Paths); len(k.Paths) == 0 {
			continue
		}
		own, err := c.filesOf(ctx, k)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			p.Notes = append(p.Notes, fmt.Sprintf("the files of %s were not compared: %v", k.Name, err))
			continue
		}
		change := Change{Table: k.Name, File: k.File}
		if len(own) == 0 {
			change.What = append(change.What, "no file matches "+strings.Join(k.Paths, ", ")+" any more")
		}
		touched := false
		for _, f := range own {
			touched = touched || names[f.Name]
			covered[f.Name] = true
		}
		if touched {
			what, err := c.columnsOf(ctx, k, own)
			if err != nil {
				return nil, err
			}
			change.What = append(change.What, what...)
		}
		if len(change.What) > 0 && (touched || len(own) == 0) {
			p.Changes = append(p.Changes, change)
		}
	}
	return covered, nil
}

// within are the paths of a known table that may lead to what is looked at.
// Standard input is left to the load, and nothing is fetched where only files of
// this machine are looked at.
func within(paths, looked []string) []string {
	far := slices.ContainsFunc(looked, remote)
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return path == "-" || remote(path) && !far
	})
}

// remote reports whether a path leads to another machine.
func remote(path string) bool {
	return strings.Contains(path, "://") && !strings.HasPrefix(path, "file://")
}

// filesOf are the files that a known table loads.
func (c *Crawler) filesOf(ctx context.Context, k Known) (_ []locate.File, err error) {
	found, err := c.Finder.Find(ctx, locate.Query{Paths: k.Paths, Place: k.Place})
	if err != nil {
		return nil, err
	}
	return found.Files, found.Close()
}

// columnsOf says which columns the files of a table have more than it, and
// which it has more than they.
func (c *Crawler) columnsOf(ctx context.Context, k Known, files []locate.File) ([]string, error) {
	if len(k.Columns) == 0 {
		return nil, nil
	}
	seen, err := c.recogniseAs(ctx, k.Format, files)
	if err != nil || seen.format == nil {
		return nil, err
	}
	var what []string
	have := map[string]bool{}
	for _, column := range seen.columns {
		have[ident.Fold(column.Name)] = true
		if !slices.ContainsFunc(k.Columns, func(n string) bool { return ident.Fold(n) == ident.Fold(column.Name) }) {
			what = append(what, fmt.Sprintf("the files have a column that the table has not: %s (%s)", column.Name, column.Type))
		}
	}
	for _, name := range k.Columns {
		if !have[ident.Fold(name)] && !strings.HasPrefix(name, connector.ReservedPrefix) {
			what = append(what, "none of the files looked at has the table's column "+name)
		}
	}
	return what, nil
}

// recogniseAs is recognise with one format, where it is declared.
func (c *Crawler) recogniseAs(ctx context.Context, format string, files []locate.File) (recognition, error) {
	one := *c
	if format != "" {
		one.Formats = nil
		for _, f := range c.Formats {
			if f.Name() == format {
				one.Formats = append(one.Formats, f)
			}
		}
	}
	return one.recognise(ctx, files)
}

// finish gives every table a name of its own and notes what people may want to
// decide: tables with the same columns may be one.
func (p *Proposal) finish(known []Known) {
	taken := map[string]bool{}
	for _, k := range known {
		_, table, _ := strings.Cut(k.Name, ".")
		taken[table] = true
	}
	for i := range p.Tables {
		t := &p.Tables[i]
		for n, name := 2, t.Name; taken[t.Name]; n++ {
			t.Name = fmt.Sprintf("%s_%d", name, n)
		}
		taken[t.Name] = true
	}
	slices.SortFunc(p.Tables, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	bySignature := map[string][]string{}
	var order []string
	for _, t := range p.Tables {
		s := signature(t)
		if bySignature[s] == nil {
			order = append(order, s)
		}
		bySignature[s] = append(bySignature[s], t.Name)
	}
	for _, s := range order {
		if names := bySignature[s]; len(names) > 1 {
			p.Notes = append(p.Notes, strings.Join(names, ", ")+" have the same columns: if they are one table, give it all their paths")
		}
	}
}

// signature is the same for tables with the same format and column names.
func signature(t Table) string {
	if t.From != "" {
		return t.Name // columns are not looked at
	}
	names := []string{t.Format}
	for _, c := range t.Columns {
		names = append(names, ident.Fold(c.Name))
	}
	return strings.Join(names, "\x00")
}
