package transform

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// changeColumn says of a row what it does to the table: insert, update (another
// takes its place) or delete.
const changeColumn = "dbt_change_type"

// The relations of a snapshot's statement, by the names that dbt gives them and
// that expressions of strategies may use.
const (
	snapshotted = "snapshotted_data"
	sourceData  = "source_data"
)

// key is the name of the i-th key.
func (s *snapshot) key(i int) string {
	if len(s.keys) == 1 && !settingsOf(s.r.Model).isList("unique_key") {
		return "dbt_unique_key"
	}
	return fmt.Sprintf("dbt_unique_key_%d", i+1)
}

func (s *snapshot) internal(column string) bool {
	if column == changeColumn {
		return true
	}
	for i := range s.keys {
		if column == s.key(i) {
			return true
		}
	}
	return false
}

// strategy decides what tells that a row changed.
func (s *snapshot) strategy(set settings) error {
	switch name := set.text("strategy"); name {
	case "timestamp":
		if s.updatedAt == "" {
			return set.bad("a snapshot with the strategy timestamp needs updated_at").WithHint("name the column that says when a row changed")
		}
		s.changed = "(" + snapshotted + "." + s.columns.validFrom + " < " + sourceData + "." + s.updatedAt + ")"
		return nil
	case "check":
		if s.updatedAt == "" {
			s.updatedAt = snapshotNow
		}
		return s.check(set)
	default:
		return set.bad("the snapshot strategy %q is not known", name).WithHint("known are timestamp and check; others need a macro snapshot_%s_strategy", name)
	}
}

// check compares columns. Where there is one that the table does not have yet,
// every row has changed.
func (s *snapshot) check(set settings) error {
	columns := s.source
	if set.text("check_cols") != "all" {
		given, err := set.texts("check_cols")
		if err != nil {
			return err
		}
		if len(given) == 0 {
			return set.bad("a snapshot with the strategy check needs check_cols").WithHint("set it to all, or to the columns to compare")
		}
		if columns, err = s.resolve(given); err != nil {
			return err
		}
	}
	if s.r.Base == nil {
		return nil
	}
	var parts []string
	for _, c := range columns {
		if !hasExactly(s.r.Base.Schema(), c) {
			s.changed = "(true)"
			return nil
		}
		parts = append(parts, fmt.Sprintf("%s.%s IS DISTINCT FROM %s.%[2]s", snapshotted, ident.Quote(c), sourceData))
	}
	s.changed = "(" + strings.Join(parts, " OR ") + ")"
	return nil
}

// resolve finds columns of the query by the names that people wrote.
func (s *snapshot) resolve(given []string) ([]string, error) {
	out := make([]string, len(given))
	for i, g := range given {
		for _, c := range s.source {
			if ident.Fold(c) == ident.Fold(plain(g)) {
				out[i] = c
			}
		}
		if out[i] == "" {
			p := s.bad("check_cols names %s, which the query of the snapshot does not have", g)
			if near := ident.Near(g, s.source); len(near) > 0 {
				p = p.WithHint("did you mean %s?", near[0])
			}
			return nil, p
		}
	}
	return out, nil
}

func hasExactly(schema lake.Schema, column string) bool {
	f, has := schema.Column(column)
	return has && f.Name == column
}

// scd is the id of a version: a digest of the key and of when it changed.
func (s *snapshot) scd() string { return digest(append(append([]string(nil), s.keys...), s.updatedAt)) }

// digest is the text of several values, hashed as dbt does.
func digest(values []string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = "coalesce(cast(" + v + " as varchar), '')"
	}
	return "md5(" + strings.Join(parts, " || '|' || ") + ")"
}

// validTo is the end of a new version: none, or what stands for it. It has the
// type of the time of change.
func (s *snapshot) validTo() string {
	current := s.current
	if current == "" {
		current = "null"
	}
	return fmt.Sprintf("coalesce(nullif(%s, %[1]s), %s)", s.updatedAt, current)
}

// open is the condition that a row of the table is current.
func (s *snapshot) open(prefix, current string) string {
	column := prefix + s.columns.validTo
	if current == "" {
		return column + " IS NULL"
	}
	return "(" + column + " = (" + current + ") OR " + column + " IS NULL)"
}

// uniqueKeys selects the keys under names of their own.
func (s *snapshot) uniqueKeys() string {
	list := make([]string, len(s.keys))
	for i, k := range s.keys {
		list[i] = k + " AS " + s.key(i)
	}
	return strings.Join(list, ", ")
}

// staging compares the rows of snapshot_query with the current ones of the
// table, and selects what changes.
func (s *snapshot) staging() string {
	c := s.columns
	deleted := s.deletes == newRecordDeletes
	again, isDeleted, was := "", "", ""
	if deleted {
		again = " OR " + snapshotted + "." + c.isDeleted + " = 'True'"
		isDeleted, was = ", 'False' AS "+c.isDeleted, ", "+snapshotted+"."+c.isDeleted
	}
	join := make([]string, len(s.keys))
	for i := range s.keys {
		join[i] = snapshotted + "." + s.key(i) + " = " + sourceData + "." + s.key(i)
	}
	on := strings.Join(join, " AND ")
	parts := []string{
		fmt.Sprintf("SELECT 'insert' AS %s, %s.*%s FROM tarn_seen AS %[2]s LEFT JOIN %[4]s ON %[5]s WHERE %[4]s.%[6]s IS NULL OR %[7]s%[8]s",
			changeColumn, sourceData, isDeleted, snapshotted, on, s.key(0), s.changed, again),
		fmt.Sprintf("SELECT 'update', %s.* REPLACE (%[1]s.%[2]s AS %[3]s, %[4]s.%[5]s AS %[5]s)%[6]s FROM tarn_seen AS %[1]s JOIN %[4]s ON %[7]s WHERE %[8]s%[9]s",
			sourceData, c.updatedAt, c.validTo, snapshotted, c.scdID, was, on, s.changed, again),
	}
	if s.deletes != ignoreDeletes {
		left := fmt.Sprintf("FROM %s LEFT JOIN tarn_seen AS %s ON %s WHERE %[2]s.%[4]s IS NULL", snapshotted, sourceData, on, s.key(0))
		if deleted {
			left += fmt.Sprintf(" AND NOT (%s.%s = 'True' AND %s)", snapshotted, c.isDeleted, s.deletedOpen())
		}
		parts = append(parts, fmt.Sprintf("SELECT 'delete', %s.* REPLACE (%[2]s AS %[3]s, %[2]s AS %[4]s, %[2]s AS %[5]s, %[6]s.%[7]s AS %[7]s)%[8]s %[9]s",
			sourceData, snapshotNow, c.validFrom, c.updatedAt, c.validTo, snapshotted, c.scdID, was, left))
		if deleted {
			parts = append(parts, s.tombstones(left))
		}
	}
	return fmt.Sprintf("%s AS (SELECT *, %s FROM %s WHERE %s), tarn_seen AS (SELECT *, %[2]s, %[5]s AS %[6]s, %[5]s AS %[7]s, %[8]s AS %[9]s, %[10]s AS %[11]s FROM snapshot_query) %[12]s",
		snapshotted, s.uniqueKeys(), s.table(), s.open("", s.current), s.updatedAt, c.updatedAt, c.validFrom, s.validTo(), c.validTo, s.scd(), c.scdID,
		strings.Join(parts, " UNION ALL "))
}

func (s *snapshot) table() string {
	t := s.r.Model.Relation
	return ident.Quote(t.Namespace) + "." + ident.Quote(t.Name)
}

// deletedOpen is the condition that a row which tells of a deletion is current.
func (s *snapshot) deletedOpen() string {
	column := snapshotted + "." + s.columns.validTo
	if s.current == "" {
		return column + " IS NULL"
	}
	return column + " = (" + s.current + ")"
}

// tombstones are the rows that tell of deletions: the last version once more.
func (s *snapshot) tombstones(left string) string {
	c := s.columns
	list := []string{"'insert'"}
	for _, name := range s.source {
		from := sourceData
		if hasExactly(s.r.Base.Schema(), name) {
			from = snapshotted
		}
		list = append(list, from+"."+ident.Quote(name))
	}
	for i := range s.keys {
		list = append(list, snapshotted+"."+s.key(i))
	}
	list = append(list, snapshotNow, snapshotNow, snapshotted+"."+c.validTo, digest([]string{snapshotted + "." + c.scdID, snapshotNow}), "'True'")
	return "SELECT " + strings.Join(list, ", ") + " " + left
}
