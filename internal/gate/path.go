package gate

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// Meant is the table that a name in a statement means: one without a namespace is
// looked for among the temporary tables of who asks, and then along
// [Statement.Path], where what somebody may not know of is not
// there. A name that is nowhere is one of the first namespace.
func (g *Gate) Meant(ctx context.Context, st Statement, parts []string) ident.Table {
	name := g.tableName(parts)
	if len(parts) > 1 {
		return name
	}
	if mine, found := temporary(st.Scope, name.Name); found {
		return mine
	}
	if len(st.Path) == 0 {
		return name
	}
	if len(st.Path) == 1 { // wherever it is, there is nowhere else to look
		name.Namespace = st.Path[0]
		return name
	}
	st.Decisions = nil
	r := g.rights(st)
	for _, namespace := range st.Path {
		name.Namespace = namespace
		if !r.sees(name) {
			continue
		}
		if _, err := st.Scope.Table(ctx, name); !errors.Is(err, lake.ErrNotFound) {
			return name // or an error, which whoever reads it meets
		}
	}
	name.Namespace = st.Path[0]
	return name
}
