package write

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// The temporary tables of a combination. What they hold goes to disk where it
// does not fit in memory.
const (
	// pool has the rows that came in, for which [scan.PathColumn] is NULL, and
	// those of the table that they may meet.
	pool = "tarn_pool"
	// gone has the positions of rows that leave the table.
	gone = "tarn_gone"
	// came has the rows that are added to the table.
	came = "tarn_came"
	// given has the keys as the source gives them, there each of them once.
	given = "tarn_given"
	there = "tarn_there"
	// freshColumn is false for rows that their file no longer has.
	freshColumn = "_tarn_fresh"
	// idColumn numbers the rows of the pool.
	idColumn = "_tarn_id"
)

// combination is one request whose rows meet those of its base.
type combination struct {
	s      engine.Session
	r      Request
	m      Mode
	schema lake.Schema
	files  []lake.DataFile
	// base selects the rows of the table as schema has them, with positions.
	base string
	// straight selects rows of the pool that are added as they are, straightRows
	// of them; "" for none.
	straight     string
	straightRows int64
	outcome      Outcome
}

// Combine writes the rows of r so that they meet those of its base as m says.
// r.Op is Overwrite, or Replace where nothing of the base counts; where the
// table stays as it is the candidate is an append of nothing.
func (w *Writer) Combine(ctx context.Context, r Request, m Mode) (*lake.Candidate, Outcome, error) {
	s, err := w.engine.Session(ctx)
	if err != nil {
		return nil, Outcome{}, fmt.Errorf("write %s: %w", r.Stage.Table(), err)
	}
	defer s.Close()
	c := &combination{
		s: s, r: r, m: m, schema: w.lake.AssignIDs(r.Base, m.AddColumns(r.Schema)),
		outcome: Outcome{Skipped: map[string]int64{}},
	}
	change, err := c.run(ctx)
	if err != nil {
		return nil, Outcome{}, fmt.Errorf("write %s: %w", r.Stage.Table(), explain(r.Stage.Table(), err))
	}
	candidate, err := r.Stage.Build(ctx, change)
	if err != nil {
		return nil, Outcome{}, explain(r.Stage.Table(), err)
	}
	return candidate, c.outcome, nil
}

func (c *combination) run(ctx context.Context) (lake.Change, error) {
	change, err := c.r.change(c.r.Op, c.schema)
	if err != nil {
		return change, err
	}
	for _, step := range []func(context.Context) error{c.open, c.takeIn, c.takeKeys, c.meet, c.deletes} {
		if err := step(ctx); err != nil {
			return change, err
		}
	}
	added, err := count(ctx, c.s, "SELECT count(*) FROM "+came)
	if err != nil {
		return change, err
	}
	added += c.straightRows
	query := "SELECT " + c.list("", nil) + " FROM " + came
	if c.straight != "" {
		query += "\nUNION ALL\n" + c.straight
	}
	kept, removed, err := c.kept(ctx)
	if err != nil {
		return change, err
	}
	if kept != "" {
		query += "\nUNION ALL\n" + kept
		change.Remove = removed
	}
	if added == 0 && kept == "" {
		if change.Op == lake.Overwrite {
			change.Op = lake.Append
		}
		return change, nil
	}
	change.Files, err = copyOut(ctx, c.s, query, c.schema, c.r)
	return change, err
}

// open prepares to read the table as it will be: its columns of today cast to
// those of after the load, without the rows that are to go in any case.
func (c *combination) open(ctx context.Context) error {
	if c.r.Op == lake.Replace {
		c.r.Base = nil
	}
	from := "(SELECT NULL::VARCHAR AS " + scan.PathColumn + ", NULL::BIGINT AS " + scan.RowColumn + ") WHERE false"
	var have lake.Schema
	if c.r.Base != nil {
		var err error
		if c.files, err = c.r.Base.Files(ctx, lake.At{}, nil); err != nil {
			return err
		}
		rel, err := scan.PlanRows(ctx, c.r.Base, c.files)
		if err != nil {
			return err
		}
		from, have = rel.SQL, c.r.Base.Schema()
		if c.r.Remove != "" {
			from += " WHERE (" + c.r.Remove + ") IS NOT TRUE"
		}
		if err := c.exec(ctx, "CREATE TEMP TABLE "+gone+" AS SELECT "+scan.PathColumn+", "+scan.RowColumn+" FROM "+rel.SQL+" WHERE "+orFalse(c.r.Remove)); err != nil {
			return err
		}
	} else if err := c.exec(ctx, "CREATE TEMP TABLE "+gone+" ("+scan.PathColumn+" VARCHAR, "+scan.RowColumn+" BIGINT)"); err != nil {
		return err
	}
	c.base = fmt.Sprintf("(SELECT %s, %s, %s FROM %s)", columnList(c.schema, have), scan.PathColumn, scan.RowColumn, from)
	return nil
}

func orFalse(condition string) string {
	if condition == "" {
		return "false"
	}
	return condition
}

// takeIn reads the rows that come in, which can be read only once.
func (c *combination) takeIn(ctx context.Context) error {
	err := c.take(ctx, pool, c.r.Rows, func(rows string) string {
		query := "SELECT *, " + nowhere + ", true AS " + freshColumn + ", row_number() OVER () AS " + idColumn + " FROM (" + incoming(c.schema, c.r, rows) + ")"
		if required := c.m.Required(); len(required) > 0 {
			query += " WHERE " + present(required)
		}
		return query
	})
	if err != nil {
		return err
	}
	return c.exec(ctx, "CREATE TEMP TABLE "+came+" AS SELECT "+c.list("", nil)+" FROM "+pool+" LIMIT 0")
}

// meets adds rows of the table to the pool: the result of a query with the
// columns of base.
func (c *combination) meets(ctx context.Context, query string) error {
	return c.exec(ctx, "INSERT INTO %s SELECT *, (%s) IS NOT TRUE, row_number() OVER () + (SELECT coalesce(max(%s), 0) FROM %[1]s) FROM (%[4]s)",
		pool, orFalse(c.m.Renewed), idColumn, query)
}

// takeKeys reads the keys that the source has.
func (c *combination) takeKeys(ctx context.Context) error {
	if c.m.Deletes == Ignore {
		return nil
	}
	if c.m.Present == nil {
		return c.exec(ctx, "CREATE TEMP TABLE "+there+" AS SELECT DISTINCT "+ident.QuoteAll(c.m.compared())+" FROM "+pool)
	}
	cols := make([]string, len(c.m.compared()))
	for i, k := range c.m.compared() {
		f, _ := column(c.schema, k)
		cols[i] = castTo(ident.Quote(k), f)
	}
	// All columns are taken: of a stream the engine confuses those that are
	// selected with those that are not.
	if err := c.take(ctx, given, c.m.Present, selectAll); err != nil {
		return err
	}
	return c.exec(ctx, "CREATE TEMP TABLE "+there+" AS SELECT DISTINCT "+strings.Join(cols, ", ")+" FROM "+given)
}

// take makes a table of the result of a query over rows, which get a name.
func (c *combination) take(ctx context.Context, table string, rows array.RecordReader, query func(rows string) string) error {
	name, release, err := c.s.Register(rows)
	if err != nil {
		return err
	}
	defer release()
	return c.exec(ctx, "CREATE TEMP TABLE "+table+" AS "+query(name))
}

func selectAll(from string) string { return "SELECT * FROM " + from }

// meet lets the rows meet.
func (c *combination) meet(ctx context.Context) error {
	switch {
	case c.m.Kind == DeleteInsert:
		return c.deleteInsert(ctx)
	case c.m.Kind == InsertOnly:
		return c.insertOnly(ctx)
	case c.m.Kind == SCD2:
		return c.versions(ctx)
	default:
		return c.merge(ctx)
	}
}

// kept selects the rows that stay of the files that some leave, and names those
// files; "" where nothing leaves.
func (c *combination) kept(ctx context.Context) (query string, removed []string, err error) {
	if c.r.Base == nil {
		return "", nil, nil
	}
	hit, err := hitFiles(ctx, c.s, c.files, "SELECT DISTINCT "+scan.PathColumn+" FROM "+gone)
	if err != nil || len(hit) == 0 {
		return "", nil, err
	}
	rel, err := scan.PlanRows(ctx, c.r.Base, hit)
	if err != nil {
		return "", nil, err
	}
	for _, f := range hit {
		removed = append(removed, f.URI)
	}
	return fmt.Sprintf("SELECT %s FROM %s AS b ANTI JOIN %s AS g ON b.%s = g.%[4]s AND b.%[5]s = g.%[5]s",
		columnList(c.schema, c.r.Base.Schema()), rel.SQL, gone, scan.RowColumn, scan.PathColumn), removed, nil
}

// hitFiles returns those of files that a query names by their paths.
func hitFiles(ctx context.Context, s engine.Session, files []lake.DataFile, query string) ([]lake.DataFile, error) {
	rows, err := s.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	named := map[string]bool{}
	for rows.Next() {
		paths, ok := rows.RecordBatch().Column(0).(*array.String)
		if !ok {
			return nil, fmt.Errorf("the names of files come as %s", rows.RecordBatch().Column(0).DataType())
		}
		for i := range paths.Len() {
			named[strings.Clone(paths.Value(i))] = true
		}
	}
	var hit []lake.DataFile
	for _, f := range files {
		if named[f.Path] {
			hit = append(hit, f)
		}
	}
	if len(hit) < len(named) && rows.Err() == nil {
		return nil, fmt.Errorf("the engine names %s files that the table does not have", strconv.Itoa(len(named)-len(hit)))
	}
	return hit, rows.Err()
}

// list is the columns of the schema out of the relation called from, some of
// them by other expressions.
func (c *combination) list(from string, others map[string]string) string {
	cols := make([]string, len(c.schema.Fields))
	for i, f := range c.schema.Fields {
		name := ident.Quote(f.Name)
		cols[i] = name
		if from != "" {
			cols[i] = from + "." + name
		}
		if e, other := others[f.Name]; other {
			cols[i] = e + " AS " + name
		}
	}
	return strings.Join(cols, ", ")
}

// nowhere is the position of a row that is not in the table.
const nowhere = "NULL::VARCHAR AS " + scan.PathColumn + ", NULL::BIGINT AS " + scan.RowColumn

func (c *combination) exec(ctx context.Context, sql string, args ...any) error {
	if len(args) > 0 {
		sql = fmt.Sprintf(sql, args...)
	}
	_, err := c.s.Exec(ctx, sql)
	return err
}

func (c *combination) count(ctx context.Context, sql string, args ...any) (int64, error) {
	return count(ctx, c.s, fmt.Sprintf(sql, args...))
}
