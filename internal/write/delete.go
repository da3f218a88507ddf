package write

import (
	"context"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/scan"
)

// deletes takes away, or marks, the rows of the table whose key the source no
// longer has, and takes the mark from those that are back. Of versions
// [combination.versions] takes care.
func (c *combination) deletes(ctx context.Context) (err error) {
	if c.m.Deletes == Ignore || c.m.Kind == SCD2 {
		return nil
	}
	where := c.m.within()
	if c.m.Deletes == Hard {
		before, err := c.count(ctx, "SELECT count(*) FROM %s", gone)
		if err != nil {
			return err
		}
		err = c.exec(ctx, `INSERT INTO %s SELECT b.%s, b.%s FROM %s AS b ANTI JOIN %s AS t ON %s WHERE %s`,
			gone, scan.PathColumn, scan.RowColumn, c.base, there, equal("b", "t", c.m.compared()), where)
		if err != nil {
			return err
		}
		after, err := c.count(ctx, "SELECT count(*) FROM %s", gone)
		c.outcome.Deleted = after - before
		return err
	}
	deleted := ident.Quote(DeletedAtColumn)
	if c.outcome.Deleted, err = c.mark(ctx, "ANTI JOIN "+there, where+" AND "+deleted+" IS NULL", c.m.Now); err != nil {
		return err
	}
	c.outcome.Restored, err = c.mark(ctx, "SEMI JOIN "+there, where+" AND "+deleted+" IS NOT NULL", "NULL")
	return err
}

// mark writes rows of the table again with another time of deletion.
func (c *combination) mark(ctx context.Context, join, where, at string) (int64, error) {
	if err := c.exec(ctx, `CREATE OR REPLACE TEMP TABLE tarn_marked AS
		SELECT b.* FROM (FROM %s AS b %s AS t ON %s WHERE %s) AS b ANTI JOIN %s AS g ON b.%s = g.%[6]s AND b.%[7]s = g.%[7]s`,
		c.base, join, equal("b", "t", c.m.compared()), where, gone, scan.PathColumn, scan.RowColumn); err != nil {
		return 0, err
	}
	if err := c.exec(ctx, `INSERT INTO %s SELECT %s FROM tarn_marked; INSERT INTO %s SELECT %s, %s FROM tarn_marked`,
		came, c.list("", map[string]string{DeletedAtColumn: at}), gone, scan.PathColumn, scan.RowColumn); err != nil {
		return 0, err
	}
	return c.count(ctx, "SELECT count(*) FROM tarn_marked")
}
