package write

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// Survivor says which of the values that the rows of one key have in a column
// survives. Each rule chooses the value of one row by a total order, so that it
// does not matter in which loads the rows came.
type Survivor struct {
	Column string
	// Rule is most_recent, not_null, first, longest, shortest, max, min or
	// prefer. All but most_recent leave NULLs out.
	Rule string
	// Prefer are sources, the best first (prefer): what Source, a column, says,
	// or where that is "", the origin; without one a folder of the file's path,
	// its name without endings, or a pattern that fits the path.
	Prefer []string
	Source string
}

// survivorsField is the column that tells where values come from that are not
// of the row itself. The time of the load and the cursor are what later rows
// are compared with.
var survivorsField = lake.Field{
	Name: SurvivorsColumn, Doc: "Where the values come from that a rule of survivorship chose",
	Type: lake.ListOf(lake.StructOf(
		lake.Field{Name: "column", Type: lake.TypeOf(lake.String)},
		lake.Field{Name: "rule", Type: lake.TypeOf(lake.String)},
		lake.Field{Name: "source", Type: lake.TypeOf(lake.String)},
		lake.Field{Name: "file", Type: lake.TypeOf(lake.String)},
		lake.Field{Name: "line", Type: lake.TypeOf(lake.Long)},
		lake.Field{Name: "cursor", Type: lake.TypeOf(lake.String)},
		lake.Field{Name: "loaded_at", Type: lake.TypeOf(lake.TimestampTZ)},
	)),
}

// survivors are the tables of groups: what survived, and the rows that stand
// for it.
const (
	survived = "tarn_survived"
	merged   = "tarn_merged"
)

// survive makes one row of each group: the first in order, with those values
// that the rules choose.
func (c *combination) survive(ctx context.Context, g group) error {
	chosen := make([]string, len(c.m.Survivorship))
	from := make([]string, len(c.m.Survivorship))
	for i, s := range c.m.Survivorship {
		name := fmt.Sprintf("_tarn_s%d", i)
		from[i] = c.candidate(s) + " AS " + name
		chosen[i] = c.choose(s, name) + " AS " + name
	}
	if err := c.exec(ctx, `CREATE TEMP TABLE %s AS
		SELECT first(%s ORDER BY %s) AS id, list(%[2]s) FILTER (WHERE %[4]s IS NOT NULL) AS olds, %[5]s
		FROM (SELECT *, %[6]s FROM %[7]s) GROUP BY %[8]s HAVING bool_or(%[4]s IS NULL)`,
		survived, idColumn, c.bestFirst(), scan.PathColumn, strings.Join(chosen, ", "), strings.Join(from, ", "), g.relation, g.columns); err != nil {
		return err
	}
	if err := c.exec(ctx, `CREATE TEMP TABLE %s AS SELECT %s, p.%s, s.id AS %s, s.olds AS _tarn_olds FROM %s AS s JOIN %s AS p ON p.%[4]s = s.id`,
		merged, c.list("p", c.survivorColumns()), scan.PathColumn, idColumn, survived, pool); err != nil {
		return err
	}
	// A row of the table that stays as it is is not written again.
	if err := c.exec(ctx, `DELETE FROM %s WHERE %s IN (SELECT m.%[2]s FROM %[1]s AS m JOIN %[3]s AS p ON p.%[2]s = m.%[2]s
		WHERE m.%[4]s IS NOT NULL AND len(m._tarn_olds) = 1 AND %[5]s)`, merged, idColumn, pool, scan.PathColumn, c.same("m", "p")); err != nil {
		return err
	}
	if err := c.exec(ctx, `INSERT INTO %s SELECT %s FROM %s; INSERT INTO %s
		SELECT p.%s, p.%s FROM (SELECT unnest(_tarn_olds) AS old FROM %[3]s) AS o JOIN %[7]s AS p ON p.%[8]s = o.old`,
		came, c.list("", nil), merged, gone, scan.PathColumn, scan.RowColumn, pool, idColumn); err != nil {
		return err
	}
	return c.countSurvivors(ctx)
}

// countSurvivors makes the account of the rows that came in: a row is written
// if it stands for its group, merged if values of it survived in another.
func (c *combination) countSurvivors(ctx context.Context) (err error) {
	if c.outcome.Written, err = c.count(ctx, "SELECT count(*) FROM %s WHERE %s IS NULL", merged, scan.PathColumn); err != nil {
		return err
	}
	p := c.m.Columns
	used, err := c.count(ctx, `SELECT count(*) FROM %s AS n SEMI JOIN
		(SELECT unnest(%s) AS s FROM %s) AS u ON n.%s = u.s.file AND n.%s = u.s.line AND n.%s = u.s.loaded_at
		WHERE n.%s IS NULL AND n.%s NOT IN (SELECT id FROM %s)`,
		pool, SurvivorsColumn, merged, ident.Quote(p.File), ident.Quote(p.Line), ident.Quote(p.LoadedAt), scan.PathColumn, idColumn, survived)
	if err != nil {
		return err
	}
	all, err := c.count(ctx, "SELECT count(*) FROM %s WHERE %s IS NULL", pool, scan.PathColumn)
	c.outcome.skip(Merged, used)
	c.outcome.skip(Superseded, all-c.outcome.Written-used)
	return err
}

// candidate is what a row has to offer for a column: the value, and where it
// comes from. A row of the table offers what survived in it.
func (c *combination) candidate(s Survivor) string {
	p := c.m.Columns
	known := fmt.Sprintf(`list_filter(%s, lambda x: x."column" = %s)[1]`, SurvivorsColumn, ident.Literal(s.Column))
	cursor, then := "NULL::VARCHAR", "NULL::VARCHAR"
	if f, has := column(c.schema, c.m.Cursor); has {
		cursor = ident.Quote(f.Name)
		then = "NULL"
		if t, err := scan.DuckType(f.Type); err == nil {
			then = fmt.Sprintf(`TRY_CAST(%s."cursor" AS %s)`, known, t)
		}
	}
	value := ident.Quote(s.Column)
	self := fmt.Sprintf("{v: %s, c: %s, f: %s, h: %s, a: %s, l: %s, o: %s}", value, cursor,
		ident.Quote(p.File), freshColumn, ident.Quote(p.LoadedAt), ident.Quote(p.Line), c.source(s))
	// The condition is about rows; the value is that of its own file.
	fresh := fmt.Sprintf("(SELECT (%s) IS NOT TRUE FROM (SELECT %s.file AS %s))", orFalse(c.m.Renewed), known, ident.Quote(p.File))
	was := fmt.Sprintf("{v: %s, c: %s, f: %[3]s.file, h: %s, a: %[3]s.loaded_at, l: %[3]s.line, o: %[3]s.source}", value, then, known, fresh)
	return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN %s ELSE %s END", known, was, self)
}

// source is the name of where a row comes from, as far as it matters.
func (c *combination) source(s Survivor) string {
	switch {
	case s.Source != "":
		return ident.Quote(s.Source) + "::VARCHAR"
	case c.m.Columns.Origin != "":
		return ident.Quote(c.m.Columns.Origin) + "::VARCHAR"
	case s.Rule != "prefer":
		return "NULL::VARCHAR"
	}
	file := ident.Quote(c.m.Columns.File)
	var cases strings.Builder
	for _, name := range s.Prefer {
		fits := fmt.Sprintf("(list_contains(string_split(%[1]s, '/'), %[2]s) OR split_part(string_split(%[1]s, '/')[-1], '.', 1) = %[2]s)", file, ident.Literal(name))
		if strings.ContainsAny(name, "*?[") {
			fits = file + " GLOB " + ident.Literal(name)
		}
		fmt.Fprintf(&cases, " WHEN %s THEN %s", fits, ident.Literal(name))
	}
	return "CASE" + cases.String() + " END"
}

// choose picks one of the candidates of a group.
func (c *combination) choose(s Survivor, from string) string {
	positions := []string{from + ".f", from + ".h", from + ".l"}
	if c.m.LaterWins {
		positions = []string{from + ".a", from + ".f", from + ".l"}
	}
	parts := append([]string{from + ".c"}, positions...)
	latest := strings.Join(parts, " DESC NULLS LAST, ") + " DESC NULLS LAST"
	present := fmt.Sprintf(" FILTER (WHERE %s.v IS NOT NULL)", from)
	value := from + ".v"
	switch s.Rule {
	case "not_null":
	case "first":
		latest = strings.Join(parts, " ASC NULLS FIRST, ") + " ASC NULLS FIRST"
	case "longest":
		latest = "length(" + value + "::VARCHAR) DESC, " + latest
	case "shortest":
		latest = "length(" + value + "::VARCHAR) ASC, " + latest
	case "max":
		latest = value + " DESC, " + latest
	case "min":
		latest = value + " ASC, " + latest
	case "prefer":
		names := make([]string, len(s.Prefer))
		for i, n := range s.Prefer {
			names[i] = ident.Literal(n)
		}
		latest = fmt.Sprintf("list_position([%s], %s.o) ASC NULLS LAST, %s", strings.Join(names, ", "), from, latest)
	default:
		present = ""
	}
	return fmt.Sprintf("first(%s ORDER BY %s)%s", from, latest, present)
}

// survivorColumns are the columns of a group's row that are not the row's own.
func (c *combination) survivorColumns() map[string]string {
	others := map[string]string{DeletedAtColumn: "NULL"}
	evidence := make([]string, len(c.m.Survivorship))
	for i, s := range c.m.Survivorship {
		at := fmt.Sprintf("s._tarn_s%d", i)
		f, _ := column(c.schema, s.Column)
		others[f.Name] = at + ".v"
		evidence[i] = fmt.Sprintf(`CASE WHEN %s IS NOT NULL THEN {'column': %s, rule: %s, source: %[1]s.o, file: %[1]s.f, line: %[1]s.l, "cursor": %[1]s.c::VARCHAR, loaded_at: %[1]s.a} END`,
			at, ident.Literal(s.Column), ident.Literal(s.Rule))
	}
	others[SurvivorsColumn] = "list_filter([" + strings.Join(evidence, ", ") + "], lambda x: x IS NOT NULL)"
	return others
}

// same is the condition that two rows agree in every column.
func (c *combination) same(a, b string) string {
	list := make([]string, len(c.schema.Fields))
	for i, f := range c.schema.Fields {
		list[i] = fmt.Sprintf("%s.%s IS NOT DISTINCT FROM %s.%[2]s", a, ident.Quote(f.Name), b)
	}
	return strings.Join(list, " AND ")
}
