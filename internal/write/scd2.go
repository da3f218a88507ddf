package write

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/scan"
)

// The tables of versions. An event says that from a time on a row of the pool
// holds, or (id NULL) that none does; of several at one time the last in order
// counts. A run is events that say the same, one behind the other: a version.
const (
	touched = "tarn_touched"
	events  = "tarn_event"
	runs    = "tarn_run"
)

// versions takes what came in into the history of each key. The history is
// made anew of what is stored of it and what came in, so that rows may come
// late.
func (c *combination) versions(ctx context.Context) error {
	for _, step := range []func(context.Context) error{c.touch, c.happened, c.rulings, c.takeVersions} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// touch adds the history of each key that something happened to to the pool.
func (c *combination) touch(ctx context.Context) error {
	keys, compared := ident.QuoteAll(c.m.Keys), ident.QuoteAll(c.m.compared())
	query := fmt.Sprintf("CREATE TEMP TABLE %s AS SELECT DISTINCT %s FROM %s", touched, keys, pool)
	if c.m.Deletes != Ignore {
		// Keys that ended, and such that are back without a row that says so.
		of := fmt.Sprintf("(SELECT %s, bool_or(%s IS NULL) AS _tarn_holds FROM %s WHERE %s GROUP BY ALL)", compared, ident.Quote(ValidToColumn), c.base, c.m.within())
		query += fmt.Sprintf(" UNION SELECT %s FROM %s AS b ANTI JOIN %s AS t ON %s WHERE _tarn_holds", keys, of, there, equal("b", "t", c.m.compared()))
		query += fmt.Sprintf(" UNION SELECT %s FROM %s AS b SEMI JOIN %s AS t ON %s WHERE NOT _tarn_holds", keys, of, there, equal("b", "t", c.m.compared()))
	}
	if err := c.exec(ctx, query); err != nil {
		return err
	}
	return c.meets(ctx, fmt.Sprintf("SELECT b.* FROM %s AS b SEMI JOIN %s AS t ON %s", c.base, touched, equal("b", "t", c.m.Keys)))
}

// happened writes down every event in the history of the touched keys.
func (c *combination) happened(ctx context.Context) error {
	met := ident.Quote(c.m.Columns.File)
	if c.m.seenIn() {
		met = "coalesce(" + SeenFileColumn + ", " + met + ")"
	}
	relation := fmt.Sprintf("(SELECT *, %s AS _tarn_at, %s AS _tarn_met FROM %s)", c.since(), met, pool)
	happened := func(id, at, places, where string) string {
		return fmt.Sprintf("SELECT %s, %s AS id, %s AS moment, %s AS path, %s, %s AS said FROM %s WHERE %s",
			renamed(c.m.Keys, "k"), id, at, scan.PathColumn, places, c.said(), relation, where)
	}
	stored, own := scan.PathColumn+" IS NOT NULL", renamed(c.m.positions(), "o")
	list := []string{
		happened(idColumn, "_tarn_at", own, scan.PathColumn+" IS NULL"),
		// A version that did not end with the next one ended by a deletion.
		happened("NULL::BIGINT", ValidToColumn, own, stored+" AND "+ValidToColumn+" IS NOT NULL"),
	}
	again := LastSeenColumn + " > " + ValidFromColumn
	if _, seen := column(c.schema, LastSeenColumn); seen {
		list = append(list, happened(idColumn, ValidFromColumn, own, stored+" AND "+again),
			happened(idColumn, ValidFromColumn, c.seenIn(), stored+" AND ("+again+") IS NOT TRUE"),
			happened(idColumn, LastSeenColumn, c.seenIn(), stored+" AND "+again))
	} else {
		list = append(list, happened(idColumn, ValidFromColumn, own, stored))
	}
	if c.m.Deletes != Ignore {
		list = append(list, c.turns()...)
	}
	return c.exec(ctx, "CREATE TEMP TABLE %s AS %s", events, strings.Join(list, " UNION ALL "))
}

// seenIn are the positions of the row in which a stored version was last met.
func (c *combination) seenIn() string {
	if !c.m.seenIn() {
		return renamed(c.m.positions(), "o")
	}
	// The condition is about rows; the file is the one in which the version was met.
	fresh := fmt.Sprintf("(SELECT (%s) IS NOT TRUE FROM (SELECT _tarn_met AS %s))", orFalse(c.m.Renewed), ident.Quote(c.m.Columns.File))
	return fmt.Sprintf("_tarn_met AS o0, %s AS o1, coalesce(%s, %s) AS o2", fresh, SeenLineColumn, ident.Quote(c.m.Columns.Line))
}

// since is the time from which a row that came in holds.
func (c *combination) since() string {
	if c.m.Cursor == "" {
		return c.m.Now
	}
	at := ident.Quote(c.m.Cursor) + "::TIMESTAMPTZ"
	if c.m.Deletes == Ignore {
		return at
	}
	// What is there again after it ended holds from now on, however old it is.
	by := "OVER (PARTITION BY " + ident.QuoteAll(c.m.Keys) + ")"
	return fmt.Sprintf(`CASE WHEN NOT bool_or(%[1]s IS NOT NULL AND %[2]s IS NULL) %[3]s AND %[4]s <= max(%[2]s) %[3]s
		AND %[4]s = max(CASE WHEN %[1]s IS NULL THEN %[4]s END) %[3]s THEN %[5]s ELSE %[4]s END`,
		scan.PathColumn, ValidToColumn, by, at, c.m.Now)
}

// turns are the events that this load finds by comparing keys: ends of what the
// source no longer has, and returns without a row.
func (c *combination) turns() []string {
	keys := ident.QuoteAll(c.m.Keys)
	latest := fmt.Sprintf("(FROM %s WHERE %s IS NOT NULL QUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s DESC) = 1)", pool, scan.PathColumn, keys, ValidFromColumn)
	turn := func(id, join, where string) string {
		return fmt.Sprintf("SELECT %s, %s AS id, %s AS moment, %s AS path, %s, %s AS said FROM (SELECT b.* FROM %s AS b %s WHERE %s AND %s)",
			renamed(c.m.Keys, "k"), id, c.m.Now, scan.PathColumn, renamed(c.m.positions(), "o"), c.said(), latest, join, where, c.m.within())
	}
	at := " AS t ON " + equal("b", "t", c.m.compared())
	came := fmt.Sprintf(" ANTI JOIN (SELECT %s FROM %s WHERE %s IS NULL) AS n ON %s", keys, pool, scan.PathColumn, equal("b", "n", c.m.Keys))
	return []string{
		turn("NULL::BIGINT", "ANTI JOIN "+there+at, ValidToColumn+" IS NULL"),
		turn(idColumn, "SEMI JOIN "+there+at+came, ValidToColumn+" IS NOT NULL"),
	}
}

// renamed lists columns under numbered names, which are nobody else's.
func renamed(columns []string, prefix string) string {
	list := make([]string, len(columns))
	for i, name := range columns {
		list[i] = fmt.Sprintf("%s AS %s%d", ident.Quote(name), prefix, i)
	}
	return strings.Join(list, ", ")
}

// said is what a row says: the columns whose changes make a version.
func (c *combination) said() string {
	track := c.m.Track
	if len(track) == 0 {
		for _, f := range c.schema.Fields {
			if !strings.HasPrefix(f.Name, "_tarn_") && !named(c.m.Keys, f.Name) && ident.Fold(f.Name) != ident.Fold(c.m.Cursor) {
				track = append(track, f.Name)
			}
		}
	}
	list := make([]string, len(track)+1)
	for i, name := range track {
		list[i] = fmt.Sprintf("v%d := %s", i, ident.Quote(name))
	}
	list[len(track)] = "there := true"
	return "struct_pack(" + strings.Join(list, ", ") + ")"
}

func named(list []string, name string) bool {
	for _, n := range list {
		if ident.Fold(n) == ident.Fold(name) {
			return true
		}
	}
	return false
}

// rulings decides what held when: of events at one time one counts, and those
// behind one another that say the same are one run.
func (c *combination) rulings(ctx context.Context) error {
	keys := numbered("k", len(c.m.Keys))
	// A row beats an end, the last row in order beats others; of those that say
	// the same as it the stored one stays, met where the last one was.
	if err := c.exec(ctx, `CREATE TEMP TABLE tarn_ruling AS SELECT * FROM (
		SELECT *, first_value(said) OVER latest AS best, first_value(o0) OVER latest AS file, first_value(o2) OVER latest AS line
		FROM %[1]s WINDOW latest AS (PARTITION BY %[2]s, moment ORDER BY id IS NULL, %[3]s))
		QUALIFY row_number() OVER (PARTITION BY %[2]s, moment ORDER BY id IS NULL, said IS DISTINCT FROM best, path IS NULL, %[3]s) = 1`,
		events, keys, latestFirst([]string{"o0", "o1", "o2"})); err != nil {
		return err
	}
	return c.exec(ctx, `CREATE TEMP TABLE %s AS
		SELECT %s, run, first(id ORDER BY moment) AS id, min(moment) AS since, max(moment) AS seen,
			last(file ORDER BY moment) AS file, last(line ORDER BY moment) AS line,
			lead(min(moment)) OVER (PARTITION BY %[2]s ORDER BY run) AS till
		FROM (SELECT *, sum(CASE WHEN same THEN 0 ELSE 1 END) OVER (PARTITION BY %[2]s ORDER BY moment) AS run FROM (
			SELECT *, coalesce((id IS NULL) = lag(id IS NULL) OVER h AND (id IS NULL OR said IS NOT DISTINCT FROM lag(said) OVER h), false) AS same
			FROM tarn_ruling WINDOW h AS (PARTITION BY %[2]s ORDER BY moment)))
		GROUP BY %[2]s, run`, runs, keys)
}

// takeVersions writes the versions that are new or have another time, and
// takes away the stored ones that are no more.
func (c *combination) takeVersions(ctx context.Context) error {
	others := map[string]string{
		ValidFromColumn: "v.since", ValidToColumn: "v.till", CurrentColumn: "v.till IS NULL", LastSeenColumn: "v.seen",
		SeenFileColumn: "v.file", SeenLineColumn: "v.line",
	}
	stays := fmt.Sprintf("p.%s IS NOT NULL AND p.%s = v.since AND p.%s IS NOT DISTINCT FROM v.till", scan.PathColumn, ValidFromColumn, ValidToColumn)
	if _, seen := column(c.schema, LastSeenColumn); seen {
		stays += fmt.Sprintf(" AND p.%s IS NOT DISTINCT FROM v.seen", LastSeenColumn)
	}
	if c.m.seenIn() {
		stays += fmt.Sprintf(" AND p.%s IS NOT DISTINCT FROM v.file AND p.%s IS NOT DISTINCT FROM v.line", SeenFileColumn, SeenLineColumn)
	}
	if err := c.exec(ctx, `INSERT INTO %s SELECT %s FROM %s AS v JOIN %s AS p ON p.%s = v.id WHERE NOT (%s)`,
		came, c.list("p", others), runs, pool, idColumn, stays); err != nil {
		return err
	}
	if err := c.exec(ctx, `INSERT INTO %s SELECT p.%s, p.%s FROM %s AS p WHERE p.%[2]s IS NOT NULL
		AND NOT EXISTS (FROM %[5]s AS v WHERE v.id = p.%[6]s AND %[7]s)`, gone, scan.PathColumn, scan.RowColumn, pool, runs, idColumn, stays); err != nil {
		return err
	}
	return c.countVersions(ctx)
}

func (c *combination) countVersions(ctx context.Context) (err error) {
	fresh := fmt.Sprintf("SELECT count(*) FROM %s AS p WHERE p.%s IS NULL", pool, scan.PathColumn)
	has := func(table string) string {
		return fmt.Sprintf(" AND p.%s IN (SELECT id FROM %s WHERE id IS NOT NULL)", idColumn, table)
	}
	if c.outcome.Written, err = count(ctx, c.s, fresh+has(runs)); err != nil {
		return err
	}
	counted, err := count(ctx, c.s, fresh+has("tarn_ruling"))
	if err != nil {
		return err
	}
	all, err := count(ctx, c.s, fresh)
	c.outcome.skip(Unchanged, counted-c.outcome.Written)
	c.outcome.skip(Superseded, all-counted)
	if err != nil || c.m.Deletes == Ignore {
		return err
	}
	c.outcome.Deleted, err = c.count(ctx, "SELECT count(*) FROM %s WHERE id IS NULL AND till IS NULL AND since = %s", runs, c.m.Now)
	return err
}
