package lake

import (
	"crypto/sha256"
	"encoding/hex"
)

// rightsProperty says of a view that a run of the project published it, and with
// which statement: as soon as the statement is another, it says nothing. Nobody
// else may set it.
const rightsProperty = "tarn.rights"

// projectRights is what the property says of a statement.
func projectRights(sql string) string {
	sum := sha256.Sum256([]byte(sql))
	return "project " + hex.EncodeToString(sum[:])
}

// OfProject reports whether a run of the project published the view as it is,
// which then reads with the project's rights.
func (t *Table) OfProject() bool {
	sql := t.ViewSQL()
	return sql != "" && t.Properties()[rightsProperty] == projectRights(sql)
}

// refuseRights keeps requests from giving a view rights that it does not have;
// what it has already it may be told again.
func refuseRights(set, before map[string]string) error {
	if value, found := set[rightsProperty]; found && value != before[rightsProperty] {
		return refuse(ErrInvalid, "The property %s is set by runs of the project alone", rightsProperty)
	}
	return nil
}
