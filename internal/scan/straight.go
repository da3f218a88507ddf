package scan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/parquet/schema"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// straightSize is the size, in bytes, from which it pays to look at a file's
// footer before the engine does.
const straightSize = 64 << 10

// ownNames are columns that the engine adds to those of files.
var ownNames = []string{"filename", "file_index", "file_row_number"}

// isStraight reports whether the group is one file that has the columns of now
// under their names and ids. It is then read as it is: where columns are asked
// for by id, the engine leaves the file's statistics aside, and plans joins and
// sums as if it knew nothing of the values.
func (g *group) isStraight(ctx context.Context, now lake.Schema) (bool, error) {
	if len(g.files) != 1 || g.files[0].Size < straightSize || g.byName || g.less || g.written != nil || g.constants != nil {
		return false, nil
	}
	shape, err := g.t.Shape(ctx, g.files[0])
	if err != nil {
		return false, err
	}
	return hasAll(shape, now.Fields), nil
}

// hasAll reports whether a file has fields at its top as they are called now,
// and no other that the engine could take for one of them.
func hasAll(shape *schema.GroupNode, fields []lake.Field) bool {
	ids, names := map[string]int{}, map[string]int{}
	for i := range shape.NumFields() {
		f := shape.Field(i)
		ids[f.Name()] = int(f.FieldID())
		names[ident.Fold(f.Name())]++
	}
	for _, f := range fields {
		folded := ident.Fold(f.Name)
		if id, has := ids[f.Name]; !has || id != f.ID || names[folded] > 1 || slices.Contains(ownNames, folded) {
			return false
		}
	}
	return true
}

// straightQuery selects the columns of now from a group that is straight.
func (g *group) straightQuery(now lake.Schema) (string, error) {
	list := make([]string, len(now.Fields))
	for i, f := range now.Fields {
		name, err := DuckType(f.Type)
		if err != nil {
			return "", inColumn(f.Name, err)
		}
		// A cast to the type that the column has is none.
		list[i] = fmt.Sprintf("CAST(%[1]s AS %[2]s) AS %[1]s", ident.Quote(f.Name), name)
	}
	return fmt.Sprintf("SELECT %s FROM read_parquet(%s, hive_partitioning=false)", strings.Join(list, ", "), ident.Literal(g.files[0].Path)), nil
}
