package database

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// CheckNames finds columns that a table cannot have: those of one name, in
// whatever case, and those that Tarn keeps for itself.
func CheckNames(names []string, problems *diag.Problems) {
	seen := map[string]string{}
	for _, name := range names {
		folded := ident.Fold(name)
		if before, ok := seen[folded]; ok {
			problems.Errorf("duplicate-column", diag.Place{}, "there are two columns %q and %q, and case tells no columns apart", before, name).
				Hint = "read a query that gives one of them another name"
		}
		seen[folded] = name
		if strings.HasPrefix(folded, connector.ReservedPrefix) {
			problems.Errorf("reserved-column", diag.Place{}, "the column %q has a name that Tarn keeps for itself", name).
				Hint = "read a query that gives it another name"
		}
	}
}

// CheckColumns refuses columns that a table cannot have, and columns that the
// request, or split_by, names and that are not there.
func CheckColumns(req connector.SourceRequest, relation string, names []string, splitBy string) error {
	var problems diag.Problems
	CheckNames(names, &problems)
	need := func(name, by string) {
		if name != "" && ColumnIndex(name, names) < 0 {
			problems.Errorf("unknown-column", diag.Place{}, "%s has no column %q, which %s names", relation, name, by).
				Hint = NearColumn(name, names)
		}
	}
	need(req.Cursor, "cursor")
	need(splitBy, "split_by")
	for _, name := range req.PrimaryKey {
		need(name, "primary_key")
	}
	return problems.Err()
}

// ColumnIndex returns the position of a name, or -1: the exact one first, else
// one that differs by case only.
func ColumnIndex(name string, names []string) int {
	if i := slices.Index(names, name); i >= 0 {
		return i
	}
	folded := ident.Fold(name)
	return slices.IndexFunc(names, func(n string) bool { return ident.Fold(n) == folded })
}

// NearColumn is the hint for a column that is not there.
func NearColumn(name string, names []string) string {
	if near := ident.Near(name, names); len(near) > 0 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	if len(names) > 20 {
		names = append(slices.Clone(names[:20]), "…")
	}
	return "its columns are " + strings.Join(names, ", ")
}
