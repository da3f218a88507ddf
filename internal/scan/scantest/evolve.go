//go:build duckdb_arrow

package scantest

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// evolve returns the columns of base, widened where wanted is wider, and
// wanted's new ones after them; parts of nested columns by the same rule.
func evolve(base, wanted []lake.Field) []lake.Field {
	out := slices.Clone(base)
	for _, w := range wanted {
		at := slices.IndexFunc(out, func(f lake.Field) bool { return ident.Fold(f.Name) == ident.Fold(w.Name) })
		if at < 0 {
			out = append(out, w)
			continue
		}
		out[at].Type = widest(out[at].Type, w.Type)
	}
	return out
}

func widest(base, wanted lake.Type) lake.Type {
	switch {
	case base.Kind == lake.Struct && wanted.Kind == lake.Struct:
		return lake.StructOf(evolve(base.Fields, wanted.Fields)...)
	case base.Kind == lake.List && wanted.Kind == lake.List:
		return lake.ListOf(widest(base.Elem.Type, wanted.Elem.Type))
	case base.Kind == lake.Map && wanted.Kind == lake.Map:
		return lake.MapOf(base.Key.Type, widest(base.Value.Type, wanted.Value.Type))
	case lake.Widens(wanted, base):
		return base
	}
	return wanted // what it cannot become is refused by the append
}
