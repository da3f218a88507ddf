package transform

import (
	"context"
	"fmt"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// Failures makes the table or the view of the rows that fail a test, which is
// the model of the request, out of the query for them.
func (t *Transformer) Failures(ctx context.Context, r Request, statement gate.Statement) (*lake.Candidate, error) {
	test := r.Model.Test
	if test.StoreFailuresAs == project.MaterializedView {
		sql := statement.SQL
		if test.Limit > 0 {
			sql = fmt.Sprintf("select * from (\n%s\n) as failing limit %d", sql, test.Limit)
		}
		return t.viewOf(ctx, r, statement, sql)
	}
	rows, schema, err := t.project(ctx, r, statement)
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	return t.replace(ctx, r, rows, schema)
}
