package write

import (
	"context"
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/scan"
)

// ranks has the rows of the pool with the first of their group, and whether the
// group has rows that came in.
const ranks = "tarn_rank"

// group is what rows that are the same thing have in common: columns of a
// relation that has the columns of the pool.
type group struct {
	relation, columns string
}

// merge keeps one row for each key, or for each set of duplicates.
func (c *combination) merge(ctx context.Context) error {
	g, err := c.group(ctx)
	if err != nil {
		return err
	}
	if len(c.m.Survivorship) > 0 {
		return c.survive(ctx, g)
	}
	// Most rows are alone in their group: only the others are ranked.
	if err := c.exec(ctx, `CREATE TEMP TABLE %s AS SELECT %s AS id, %s AS path,
		first_value(%[2]s) OVER (PARTITION BY %[4]s ORDER BY %[5]s) AS first,
		bool_or(%[3]s IS NULL) OVER (PARTITION BY %[4]s) AS met
		FROM %[6]s SEMI JOIN (SELECT %[4]s FROM %[6]s GROUP BY ALL HAVING count(*) > 1) USING (%[4]s)`,
		ranks, idColumn, scan.PathColumn, g.columns, c.bestFirst(), g.relation); err != nil {
		return err
	}
	c.straight = fmt.Sprintf(`SELECT %s FROM %s AS p ANTI JOIN (FROM %s WHERE id <> first) AS r ON p.%s = r.id WHERE p.%s IS NULL`,
		c.list("p", nil), pool, ranks, idColumn, scan.PathColumn)
	if err := c.exec(ctx, `INSERT INTO %s SELECT p.%s, p.%s FROM %s AS p SEMI JOIN (FROM %s WHERE id <> first AND path IS NOT NULL AND met) AS r ON p.%s = r.id`,
		gone, scan.PathColumn, scan.RowColumn, pool, ranks, idColumn); err != nil {
		return err
	}
	if c.straightRows, err = count(ctx, c.s, "SELECT count(*) FROM ("+c.straight+")"); err != nil {
		return err
	}
	c.outcome.Written = c.straightRows
	return c.countLosers(ctx)
}

// bestFirst orders the rows of a group, the one that stays first.
func (c *combination) bestFirst() string {
	if c.m.Deduplicate != nil && c.m.Deduplicate.First {
		return earliestFirst(c.m.order())
	}
	return latestFirst(c.m.order())
}

// countLosers counts the rows that came in and are not the first of their
// group, by why.
func (c *combination) countLosers(ctx context.Context) error {
	why := Superseded
	if c.m.Deduplicate != nil {
		why = DuplicateKey
	}
	lost, err := c.count(ctx, "SELECT count(*) FROM %s WHERE id <> first AND path IS NULL", ranks)
	if err != nil {
		return err
	}
	if c.m.Deduplicate == nil || c.m.Deduplicate.Fuzzy == nil {
		c.outcome.skip(why, lost)
		return nil
	}
	exact := int64(0)
	if cols := c.m.Deduplicate.Exact; len(cols) > 0 {
		if exact, err = c.count(ctx, `SELECT count(*) FROM %s AS r JOIN %s AS a ON a.%s = r.id JOIN %[2]s AS b ON b.%[3]s = r.first
			WHERE r.id <> r.first AND r.path IS NULL AND %[4]s`, ranks, pool, idColumn, equal("a", "b", cols)); err != nil {
			return err
		}
	}
	c.outcome.skip(DuplicateKey, exact)
	c.outcome.skip(Similar, lost-exact)
	return nil
}

// group adds the rows of the table that those of the load may meet to the pool,
// and tells which rows are the same thing.
func (c *combination) group(ctx context.Context) (group, error) {
	if c.m.Deduplicate != nil {
		return c.duplicates(ctx)
	}
	var needed []string
	if len(c.m.Survivorship) == 0 {
		needed = append(append(needed, c.m.Keys...), c.m.order()...)
	}
	err := c.meets(ctx, fmt.Sprintf("SELECT %s FROM %s AS b SEMI JOIN %s AS n ON %s", c.only(needed), c.base, pool, equal("b", "n", c.m.Keys)))
	return group{pool, ident.QuoteAll(c.m.Keys)}, err
}

// only lists the columns of the pool out of a relation, NULL for those that
// nobody needs; no names stand for all.
func (c *combination) only(needed []string) string {
	if len(needed) == 0 {
		return "*"
	}
	want := map[string]bool{}
	for _, n := range needed {
		want[ident.Fold(n)] = true
	}
	others := map[string]string{}
	for _, f := range c.schema.Fields {
		if !want[ident.Fold(f.Name)] {
			others[f.Name] = "NULL"
		}
	}
	return fmt.Sprintf("%s, %s, %s", c.list("", others), scan.PathColumn, scan.RowColumn)
}

// deleteInsert lets the rows that come in take the place of those with their
// keys.
func (c *combination) deleteInsert(ctx context.Context) (err error) {
	if c.m.Met != "" {
		if err := c.late(ctx); err != nil {
			return err
		}
	}
	beside := ""
	if c.m.Joins {
		beside = fmt.Sprintf(" ANTI JOIN %s AS s ON %s", pool, equal("b", "s", append(slices.Clone(c.m.Keys), c.m.Columns.File)))
	}
	if err := c.exec(ctx, `INSERT INTO %s SELECT b.%s, b.%s FROM %s AS b SEMI JOIN %s AS n ON %s%s`,
		gone, scan.PathColumn, scan.RowColumn, c.base, pool, equal("b", "n", c.m.Keys), beside); err != nil {
		return err
	}
	if err := c.exec(ctx, `DROP TABLE %s; ALTER TABLE %s RENAME TO %[1]s`, came, pool); err != nil {
		return err
	}
	c.outcome.Written, err = c.count(ctx, "SELECT count(*) FROM %s", came)
	return err
}

// late leaves out rows that are read again and whose key a file has that was
// loaded after theirs: it would have taken their place.
func (c *combination) late(ctx context.Context) error {
	p := c.m.Columns
	before, err := c.count(ctx, "SELECT count(*) FROM %s", pool)
	if err != nil {
		return err
	}
	if err := c.exec(ctx, `DELETE FROM %[1]s WHERE %[2]s IN (
		SELECT n.%[2]s FROM (SELECT *, %[3]s AS _tarn_met FROM %[1]s) AS n JOIN (
			SELECT %[4]s, %[5]s AS _tarn_of, %[6]s AS _tarn_met FROM %[7]s UNION ALL SELECT %[4]s, %[5]s, %[3]s FROM %[1]s) AS b
		ON %[8]s AND b._tarn_of <> n.%[5]s AND b._tarn_met > n._tarn_met)`,
		pool, idColumn, c.m.Met, ident.QuoteAll(c.m.Keys), ident.Quote(p.File), ident.Quote(p.LoadedAt), c.base, equal("n", "b", c.m.Keys)); err != nil {
		return err
	}
	after, err := c.count(ctx, "SELECT count(*) FROM %s", pool)
	c.outcome.skip(Superseded, before-after)
	return err
}

// insertOnly adds the first row of each key that the table does not have.
func (c *combination) insertOnly(ctx context.Context) error {
	if err := c.exec(ctx, `CREATE TEMP TABLE tarn_known AS SELECT DISTINCT %s FROM %s AS b SEMI JOIN %s AS n ON %s`,
		ident.QuoteAll(c.m.Keys), c.base, pool, equal("b", "n", c.m.Keys)); err != nil {
		return err
	}
	n, err := c.count(ctx, `SELECT count(*) FROM %s AS n SEMI JOIN tarn_known AS k ON %s`, pool, equal("n", "k", c.m.Keys))
	if err != nil {
		return err
	}
	c.outcome.skip(ExistsAlready, n)
	if err := c.exec(ctx, `INSERT INTO %s SELECT %s FROM %s AS n ANTI JOIN tarn_known AS k ON %s QUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s) = 1`,
		came, c.list("n", nil), pool, equal("n", "k", c.m.Keys), ident.QuoteAll(c.m.Keys), earliestFirst(c.m.order())); err != nil {
		return err
	}
	if c.outcome.Written, err = c.count(ctx, "SELECT count(*) FROM %s", came); err != nil {
		return err
	}
	all, err := c.count(ctx, "SELECT count(*) FROM %s", pool)
	c.outcome.skip(DuplicateKey, all-n-c.outcome.Written)
	return err
}
