package database

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Columns whose names say that they have the time of a row's last change.
var changed = []string{"updated_at", "updated", "modified_at", "modified", "last_modified", "last_updated", "last_update", "changed_at", "updated_on", "modified_on", "update_time", "updatedat", "modifiedat", "row_version"}

// ChangedColumn returns the column, of those that hold times, that seems to say
// when a row changed; "" where none does. A column that says when a row was made
// is none: changes would go unseen.
func ChangedColumn(times []string) string {
	for _, name := range changed {
		for _, column := range times {
			if ident.Fold(column) == name {
				return column
			}
		}
	}
	for _, column := range times {
		folded := ident.Fold(column)
		if strings.Contains(folded, "updated") || strings.Contains(folded, "modified") {
			return column
		}
	}
	return ""
}
