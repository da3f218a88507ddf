package write

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// Edit says what becomes of the rows of a table as others come in: some leave
// it, or are changed, and of those that came in some are added. Its conditions
// are SQL that passed the gate.
type Edit struct {
	// Target is what conditions call the table, Source the rows that come in.
	Target, Source string
	// Delete, Overlap, and Merge exclude each other.
	Delete *Delete
	// Overlap are partitions of which rows came in: the table's rows in them go.
	// Without fields all rows of the table go.
	Overlap *Overlap
	Merge   *MergeInto
	// Insert are the columns that rows which came in fill, by name; nil is all.
	// All rows are added, or those for which Where holds; where rows are merged,
	// only with Add.
	Insert []string
	Where  string
	Add    bool
	// Anew makes all data files again, where the columns of the table lose one or
	// change to a type that is no wider.
	Anew bool
}

// Plain reports whether the edit only adds rows.
func (e Edit) Plain() bool {
	return e.Delete == nil && e.Overlap == nil && e.Merge == nil && e.Where == "" && !e.Anew
}

// Delete says which rows leave the table.
type Delete struct {
	// Where is a condition on the row; "" is every row.
	Where string
	// Key, where it is not "", must be one of the values that it has among the
	// rows that came in.
	Key string
	// Match is a condition on the row and some row that came in; "" is none.
	Match string
}

// Overlap says which rows leave by the partitions that they are in.
type Overlap struct {
	Fields []lake.PartitionField
}

// Edited tells what an edit did, in rows.
type Edited struct {
	// Gone left their files, which may be to come back changed.
	Gone int64
	// Came are in new files.
	Came int64
}

// Edit writes the state of r's table after an edit. r.Op and r.Remove do not
// matter; r.Base must be there, or r.Onto.
func (w *Writer) Edit(ctx context.Context, r Request, e Edit) (*lake.Candidate, Edited, error) {
	s, err := w.engine.Session(ctx)
	if err != nil {
		return nil, Edited{}, fmt.Errorf("write %s: %w", r.Stage.Table(), err)
	}
	defer s.Close()
	have := r
	have.Op, have.Remove = lake.Overwrite, ""
	if r.Onto != nil {
		have.Base = r.Onto
	}
	c := &edition{combination: combination{s: s, r: have, schema: w.lake.AssignIDs(have.Base, r.Schema)}, e: e}
	change, err := c.run(ctx)
	change.Base, change.Onto = r.Base, r.Onto
	if err != nil {
		return nil, Edited{}, fmt.Errorf("write %s: %w", r.Stage.Table(), explain(r.Stage.Table(), err))
	}
	candidate, err := r.Stage.Build(ctx, change)
	if err != nil {
		return nil, Edited{}, explain(r.Stage.Table(), err)
	}
	return candidate, c.edited, nil
}

// edition is one edit at work. It shares with a combination how the table's
// files are read and written again.
type edition struct {
	combination
	e      Edit
	edited Edited
}

// fresh has the rows that came in, with their own columns; target those of the
// table that a merge may touch.
const (
	fresh  = "tarn_fresh"
	target = "tarn_target"
)

func (c *edition) run(ctx context.Context) (lake.Change, error) {
	change, err := c.r.change(lake.Overwrite, c.schema)
	if err != nil {
		return change, err
	}
	for _, step := range []func(context.Context) error{c.open, c.takeFresh, c.leave} {
		if err := step(ctx); err != nil {
			return change, err
		}
	}
	query, err := c.arrivals(ctx)
	if err != nil {
		return change, err
	}
	if c.edited.Gone, err = c.count(ctx, "SELECT count(*) FROM (SELECT DISTINCT * FROM %s)", gone); err != nil {
		return change, err
	}
	kept, removed, err := c.rest(ctx)
	if err != nil {
		return change, err
	}
	change.Remove = removed
	switch {
	case c.e.Anew:
		change.Op, change.Remove = lake.Replace, nil
	case c.edited.Came == 0 && kept == "":
		change.Op = lake.Append
		return change, nil
	}
	if kept != "" {
		query += "\nUNION ALL\n" + kept
	}
	change.Files, err = copyOut(ctx, c.s, query, c.schema, c.r)
	return change, err
}

// takeFresh reads the rows that come in, which can be read only once.
func (c *edition) takeFresh(ctx context.Context) error {
	if c.r.Rows == nil {
		c.e.Insert = []string{}
		return c.exec(ctx, "CREATE TEMP TABLE "+fresh+" AS SELECT "+columnList(c.schema, lake.Schema{})+" WHERE false")
	}
	return c.take(ctx, fresh, c.r.Rows, selectAll)
}

// leave finds the rows that leave the table.
func (c *edition) leave(ctx context.Context) error {
	switch {
	case c.e.Delete != nil:
		return c.delete(ctx, *c.e.Delete)
	case c.e.Overlap != nil:
		return c.overlap(ctx, *c.e.Overlap)
	case c.e.Merge != nil:
		return c.touch(ctx, *c.e.Merge)
	default:
		return nil
	}
}

func (c *edition) delete(ctx context.Context, d Delete) error {
	sql := fmt.Sprintf("SELECT %s, %s FROM %s AS %s", scan.PathColumn, scan.RowColumn, c.base, ident.Quote(c.e.Target))
	if d.Match != "" {
		sql += fmt.Sprintf(" SEMI JOIN %s AS %s ON (%s)", fresh, ident.Quote(c.e.Source), d.Match)
	}
	var where []string
	if d.Key != "" {
		where = append(where, fmt.Sprintf("(%s) IN (SELECT (%[1]s) FROM %s AS %s)", d.Key, fresh, ident.Quote(c.e.Source)))
	}
	if d.Where != "" {
		where = append(where, "("+d.Where+")")
	}
	if len(where) > 0 {
		sql += " WHERE " + strings.Join(where, " AND ")
	}
	return c.exec(ctx, "INSERT INTO "+gone+" "+sql)
}

// overlap takes out the rows of the partitions that came in.
func (c *edition) overlap(ctx context.Context, o Overlap) error {
	all := fmt.Sprintf("SELECT %s, %s", scan.PathColumn, scan.RowColumn)
	if len(o.Fields) == 0 {
		return c.exec(ctx, "INSERT INTO "+gone+" "+all+" FROM "+c.base)
	}
	parts, same := make([]string, len(o.Fields)), make([]string, len(o.Fields))
	for i, f := range o.Fields {
		e, err := transform(f, c.schema)
		if err != nil {
			return err
		}
		name := partitionColumn(i)
		parts[i], same[i] = e+" AS "+name, "b."+name+" IS NOT DISTINCT FROM n."+name
	}
	list := strings.Join(parts, ", ")
	came := "(SELECT " + c.insertList(fresh) + " FROM " + fresh + ")"
	return c.exec(ctx, "INSERT INTO %s %s FROM (SELECT *, %s FROM %s) AS b SEMI JOIN (SELECT DISTINCT %[3]s FROM %[5]s) AS n ON %[6]s",
		gone, all, list, c.base, came, strings.Join(same, " AND "))
}

// arrivals selects the rows that are added, and counts them.
func (c *edition) arrivals(ctx context.Context) (string, error) {
	query := "SELECT " + c.insertList(ident.Quote(c.e.Source)) + " FROM " + fresh + " AS " + ident.Quote(c.e.Source)
	if c.e.Where != "" {
		query += " WHERE (" + c.e.Where + ")"
	}
	if c.e.Merge != nil {
		if err := c.merge(ctx, *c.e.Merge); err != nil {
			return "", err
		}
		merged := "SELECT " + c.list("", nil) + " FROM " + target
		if c.e.Add {
			merged += "\nUNION ALL\n" + query
		}
		query = merged
	}
	var err error
	c.edited.Came, err = count(ctx, c.s, "SELECT count(*) FROM ("+query+")")
	return query, err
}

// insertList is the table's columns as rows that came in fill them, and
// those that they do not fill as they are without a word.
func (c *edition) insertList(from string) string {
	cols := make([]string, len(c.schema.Fields))
	for i, f := range c.schema.Fields {
		e := from + "." + ident.Quote(f.Name)
		if c.e.Insert != nil && !named(c.e.Insert, f.Name) {
			e = unsaid(f)
		}
		cols[i] = castTo(e, f)
	}
	return strings.Join(cols, ", ")
}

// rest selects the rows that stay of the files that are written again, and
// names those files; "" for none.
func (c *edition) rest(ctx context.Context) (query string, removed []string, err error) {
	if !c.e.Anew {
		return c.kept(ctx)
	}
	return fmt.Sprintf("SELECT %s FROM %s AS b ANTI JOIN %s AS g ON b.%s = g.%[4]s AND b.%[5]s = g.%[5]s",
		c.list("b", nil), c.base, gone, scan.RowColumn, scan.PathColumn), nil, nil
}
