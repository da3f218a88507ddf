package write

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// Preview returns the sets of rows of a table that are duplicates by m, at most
// limit of them (below 0: all), with which one stays and why the others are
// like it. It writes nothing. The reader must be released.
func (w *Writer) Preview(ctx context.Context, t *lake.Table, m Mode, limit int) (array.RecordReader, error) {
	s, err := w.engine.Session(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for duplicates in %s: %w", t.Name(), err)
	}
	defer s.Close()
	rows, err := preview(ctx, s, t, m, limit)
	if err != nil {
		return nil, fmt.Errorf("look for duplicates in %s: %w", t.Name(), err)
	}
	return rows, nil
}

func preview(ctx context.Context, s engine.Session, t *lake.Table, m Mode, limit int) (array.RecordReader, error) {
	files, err := t.Files(ctx, lake.At{}, nil)
	if err != nil {
		return nil, err
	}
	rel, err := scan.PlanFiles(ctx, t, lake.At{}, files)
	if err != nil {
		return nil, err
	}
	c := &combination{s: s, m: m, schema: t.Schema()}
	var shown []string
	d := m.Deduplicate
	columns := append([]string(nil), d.Exact...)
	if d.Fuzzy != nil {
		columns = append(append(columns, d.Fuzzy.Columns...), d.Fuzzy.BlockBy...)
	}
	for _, name := range append([]string{m.Cursor}, columns...) {
		if name != "" && !named(shown, name) {
			shown = append(shown, name)
		}
	}
	needed := append([]string{m.Columns.File, m.Columns.Line, m.Columns.LoadedAt}, shown...)
	if err := c.exec(ctx, "CREATE TEMP TABLE %s AS SELECT %s, NULL::VARCHAR AS %s, true AS %s, row_number() OVER () AS %s FROM %s",
		pool, ident.QuoteAll(needed), scan.PathColumn, freshColumn, idColumn, rel.SQL); err != nil {
		return nil, err
	}
	if err := c.pairs(ctx, d); err != nil {
		return nil, err
	}
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	return c.sets(ctx, shown, limit)
}

// sets lists the rows of each set, the one that stays first.
func (c *combination) sets(ctx context.Context, shown []string, limit int) (array.RecordReader, error) {
	p := c.m.Columns
	list := make([]string, len(shown))
	for i, name := range shown {
		list[i] = "p." + ident.Quote(name)
	}
	which := ""
	if limit >= 0 {
		which = fmt.Sprintf("WHERE \"set\" <= %d", limit)
	}
	rows, err := c.s.Query(ctx, fmt.Sprintf(`WITH pair AS (SELECT a AS id, b AS other, similarity FROM %[1]s UNION ALL SELECT b, a, similarity FROM %[1]s),
		closest AS (SELECT id, arg_max(other, coalesce(similarity, 2)) AS other, max(coalesce(similarity, 2)) AS s FROM pair GROUP BY id)
		SELECT * FROM (SELECT dense_rank() OVER (ORDER BY l.label) AS "set", row_number() OVER (PARTITION BY l.label ORDER BY %[2]s) = 1 AS stays,
			CASE WHEN c.s > 1 THEN 'exact' ELSE 'similar ' || round(c.s, 3) END AS because, o.%[3]s || ':' || o.%[4]s AS "like", p.%[3]s, p.%[4]s, %[5]s
		FROM %[6]s AS l JOIN %[7]s AS p ON p.%[8]s = l.id JOIN closest AS c ON c.id = l.id JOIN %[7]s AS o ON o.%[8]s = c.other)
		%[9]s ORDER BY "set", stays DESC, %[3]s, %[4]s`,
		edges, qualified("p", c.bestFirst()), ident.Quote(p.File), ident.Quote(p.Line), strings.Join(list, ", "), labels, pool, idColumn, which))
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	var batches []arrow.RecordBatch
	for rows.Next() {
		b := rows.RecordBatch()
		b.Retain()
		defer b.Release()
		batches = append(batches, b)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return array.NewRecordReader(rows.Schema(), batches)
}

// qualified puts the relation's name before each column of an ORDER BY.
func qualified(relation, order string) string {
	parts := strings.Split(order, ", ")
	for i, p := range parts {
		parts[i] = relation + "." + p
	}
	return strings.Join(parts, ", ")
}
