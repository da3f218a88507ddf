package template

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// database is the name of the catalog, which is the database in dbt's words.
const database = "tarn"

// relation is what ref, source and this return: it prints as SQL.
type relation struct {
	sql   string
	table ident.Table // zero where sql is no name
}

// quoted is a table's name in SQL.
func quoted(t ident.Table) string {
	if t.IsZero() {
		return ""
	}
	return ident.Quote(t.Namespace) + "." + ident.Quote(t.Name)
}

// relationOf reads a resolved name back, for its parts.
func relationOf(sql string) relation {
	var parts []string
	rest := sql
	for strings.HasPrefix(rest, `"`) {
		end := closingQuote(rest)
		if end < 0 {
			return relation{sql: sql}
		}
		parts = append(parts, strings.ReplaceAll(rest[1:end], `""`, `"`))
		rest = rest[end+1:]
		if dotted, ok := strings.CutPrefix(rest, "."); ok {
			rest = dotted
			continue
		}
		break
	}
	if rest != "" || len(parts) < 2 {
		return relation{sql: sql}
	}
	n := len(parts)
	return relation{sql: sql, table: ident.Table{Namespace: parts[n-2], Name: parts[n-1]}}
}

// closingQuote returns where the quoted name at the start of s ends.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		return i
	}
	return -1
}

// Str is how the relation stands in SQL.
func (r relation) Str() string { return r.sql }

// Attr returns a part of the name.
func (r relation) Attr(name string) (any, bool) {
	if r.table.IsZero() {
		return nil, false
	}
	switch name {
	case "identifier", "name", "table":
		return r.table.Name, true
	case "schema":
		return r.table.Namespace, true
	case "database":
		return database, true
	}
	return nil, false
}
