package gate

import (
	"context"
	"slices"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// sizeTable are the tables whose size is known: the bytes of their data files,
// and how many rows there are, which nobody has counted where files tell of
// deleted ones. What is not known is NULL.
var sizeTable = informationTable{columnsOf("table_schema table_name rows:BIGINT bytes:BIGINT"), []string{"table_schema", "table_name", "rows", "bytes"}, (*passage).sizesInformation}

func (p *passage) sizesInformation(ctx context.Context, conditions []sqlast.Condition, _ sqlast.Use) ([][]any, error) {
	entries := slices.DeleteFunc(p.visible(ctx, conditions), func(e lake.Entry) bool { return e.Kind == lake.ViewEntry })
	all, err := p.described(ctx, entries)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for i, e := range entries {
		if d := all[i]; d.rows >= 0 || d.bytes >= 0 {
			rows = append(rows, []any{e.Name.Namespace, e.Name.Name, counted(d.rows), counted(d.bytes)})
		}
	}
	return rows, nil
}

// counted is a number that is NULL where it is negative, which is not known.
func counted(n int64) any {
	if n < 0 {
		return nil
	}
	return n
}
