package connector

import (
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// CheckFixed refuses declared columns that records of a kind, such as "access
// logs", do not have or have otherwise: their columns are the same in every
// input.
func CheckFixed(columns []Column, declared map[string]DeclaredType, what string, problems *diag.Problems) {
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		i := slices.IndexFunc(columns, func(c Column) bool { return ident.Fold(c.Name) == ident.Fold(name) })
		if i < 0 {
			problems.Errorf("unknown-column", declared[name].Place, "%s have no column %q", what, name).
				Hint = "their columns are fixed; leave columns out"
			continue
		}
		if t, err := ParseType(declared[name].Type); err != nil || !t.Equal(columns[i].Type) {
			problems.Errorf("declared-type", declared[name].Place, "column %q of %s is %s, not %s", name, what, columns[i].Type, declared[name].Type).
				Hint = "their columns are fixed; leave columns out, and cast in a model"
		}
	}
}
