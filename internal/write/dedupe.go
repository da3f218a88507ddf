package write

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/scan"
)

// Duplicates says which rows are the same thing twice. What is the same as a
// third thing is the same: duplicates come in sets.
type Duplicates struct {
	// Exact are columns that duplicates have equal values in, none of them NULL.
	Exact []string
	Fuzzy *Fuzzy
	// First keeps the first row in order of each set, not the last.
	First bool
}

// Fuzzy says that rows with equal values in BlockBy are duplicates where each
// of Columns is as similar as Similarity, by Jaro and Winkler, without regard to
// case, accents and space around.
type Fuzzy struct {
	Columns, BlockBy []string
	Similarity       float64
}

// largestBlock bounds how many rows are compared each with each.
const largestBlock = 20_000

// The tables of duplicates: pairs of rows, and the set of each row that is in a
// pair.
const (
	edges  = "tarn_edge"
	labels = "tarn_label"
)

// duplicates adds the rows of the table that may be duplicates of those that
// came in to the pool, and sorts the pool into sets.
func (c *combination) duplicates(ctx context.Context) (group, error) {
	d := c.m.Deduplicate
	if len(d.Exact) > 0 {
		if err := c.meets(ctx, fmt.Sprintf("SELECT b.* FROM %s AS b SEMI JOIN %s AS n ON %s", c.base, pool, equal("b", "n", d.Exact))); err != nil {
			return group{}, err
		}
	}
	if d.Fuzzy != nil {
		if err := c.meets(ctx, fmt.Sprintf("SELECT b.* FROM (FROM %s AS b SEMI JOIN %s AS n ON n.%s IS NULL AND %s) AS b ANTI JOIN %[2]s AS n ON b.%[3]s = n.%[3]s AND b.%[5]s = n.%[5]s",
			c.base, pool, scan.PathColumn, equal("b", "n", d.Fuzzy.BlockBy), scan.RowColumn)); err != nil {
			return group{}, err
		}
	}
	if err := c.pairs(ctx, d); err != nil {
		return group{}, err
	}
	if err := c.connect(ctx); err != nil {
		return group{}, err
	}
	return group{fmt.Sprintf("(SELECT p.*, coalesce(l.label, p.%s) AS _tarn_set FROM %s AS p LEFT JOIN %s AS l ON l.id = p.%[1]s)", idColumn, pool, labels), "_tarn_set"}, nil
}

// pairs finds which rows of the pool are duplicates of each other.
func (c *combination) pairs(ctx context.Context, d *Duplicates) error {
	if err := c.exec(ctx, "CREATE TEMP TABLE %s (a BIGINT, b BIGINT, similarity DOUBLE)", edges); err != nil {
		return err
	}
	if len(d.Exact) > 0 {
		// Each is paired with the first only: that is enough to connect them.
		if err := c.exec(ctx, `INSERT INTO %s SELECT a, b, NULL FROM (SELECT min(%s) OVER (PARTITION BY %s) AS a, %[2]s AS b FROM %[4]s WHERE %[5]s) WHERE a <> b`,
			edges, idColumn, ident.QuoteAll(d.Exact), pool, present(d.Exact)); err != nil {
			return err
		}
	}
	if d.Fuzzy == nil {
		return nil
	}
	return c.similar(ctx, d.Fuzzy)
}

// similar finds pairs by similarity, of which at least one row came in.
func (c *combination) similar(ctx context.Context, f *Fuzzy) error {
	folded := make([]string, len(f.Columns))
	alike := make([]string, len(f.Columns))
	for i, col := range f.Columns {
		folded[i] = fmt.Sprintf("lower(strip_accents(trim(%s::VARCHAR))) AS f%d", ident.Quote(col), i)
		alike[i] = fmt.Sprintf("jaro_winkler_similarity(x.f%[1]d, y.f%[1]d)", i)
	}
	same := make([]string, len(f.BlockBy))
	for i := range f.BlockBy {
		same[i] = fmt.Sprintf("x.k%[1]d = y.k%[1]d", i)
	}
	if err := c.exec(ctx, "CREATE TEMP TABLE tarn_folded AS SELECT %s AS id, %s IS NULL AS came, %s, %s FROM %s WHERE %s AND %s",
		idColumn, scan.PathColumn, renamed(f.BlockBy, "k"), strings.Join(folded, ", "), pool, present(f.Columns), present(f.BlockBy)); err != nil {
		return err
	}
	largest, err := c.count(ctx, "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM tarn_folded GROUP BY %s)", numbered("k", len(f.BlockBy)))
	if err != nil {
		return err
	}
	if largest > largestBlock {
		return diag.New("block-too-large", diag.Place{}, "%d rows have the same values in %s: comparing each with each takes too long", largest, strings.Join(f.BlockBy, ", ")).
			WithHint("add a column to block_by, so that no more than %d rows share its values", largestBlock)
	}
	return c.exec(ctx, `INSERT INTO %s SELECT a, b, s FROM (SELECT x.id AS a, y.id AS b, least(%s) AS s
		FROM tarn_folded AS x JOIN tarn_folded AS y ON %s AND x.id < y.id AND (x.came OR y.came)) WHERE s >= %v`,
		edges, strings.Join(alike, ", "), strings.Join(same, " AND "), f.Similarity)
}

func numbered(prefix string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return strings.Join(list, ", ")
}

// connect labels each row that is in a pair with the least row that pairs lead
// to. Labels double their reach in each round, by the label of the label.
func (c *combination) connect(ctx context.Context) error {
	if err := c.exec(ctx, "CREATE TEMP TABLE %s AS SELECT DISTINCT id, id AS label FROM (SELECT a AS id FROM %s UNION ALL SELECT b FROM %[2]s)", labels, edges); err != nil {
		return err
	}
	for {
		if err := c.exec(ctx, `CREATE OR REPLACE TEMP TABLE tarn_next AS SELECT id, min(label) AS label FROM (
			SELECT l.id, m.label FROM %s AS l JOIN %[1]s AS m ON m.id = l.label
			UNION ALL SELECT e.b, l.label FROM %[2]s AS e JOIN %[1]s AS l ON l.id = e.a
			UNION ALL SELECT e.a, l.label FROM %[2]s AS e JOIN %[1]s AS l ON l.id = e.b) GROUP BY id`, labels, edges); err != nil {
			return err
		}
		moved, err := c.count(ctx, "SELECT count(*) FROM tarn_next AS n JOIN %s AS l ON l.id = n.id WHERE l.label <> n.label", labels)
		if err != nil {
			return err
		}
		if err := c.exec(ctx, "DROP TABLE %s; ALTER TABLE tarn_next RENAME TO %[1]s", labels); err != nil {
			return err
		}
		if moved == 0 {
			return nil
		}
	}
}
