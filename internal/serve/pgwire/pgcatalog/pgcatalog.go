// Package pgcatalog is what clients find of PostgreSQL's own catalog: the
// relations of pg_catalog and information_schema, functions, and the numbers of
// types, with the lake's tables, keys and sizes in them, and what a session's
// user may do. [Catalog] is a [gate.Dialect].
//
// It promises:
//
//  1. Relations have all the columns that those of PostgreSQL have ([Version]).
//     What there is nothing to say of is NULL, and what there is nothing of has
//     no rows.
//  2. What it says of the lake is made of the gate's information_schema: what
//     somebody may not see is in none of it.
//  3. What is the session's is asked for when a statement needs it, and is a value
//     in the statement, never a part of one.
//
// It leaves to others to run the statements that it makes (gate), what a session
// is and which of them others may know of, and the protocol (serve/pgwire).
package pgcatalog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Version is the PostgreSQL whose catalog it is.
const Version = "15.0"

// Namespace is the schema of the catalog; its relations are found without it,
// too.
const Namespace = "pg_catalog"

// Catalog is the catalog as one session has it, a [gate.Dialect]. The functions
// are called for statements that need them, and none may be nil.
type Catalog struct {
	Database, User string
	// PID is the number of the session.
	PID uint32
	// Writes tells whether what the session has shown is for changing something,
	// as far as anything can be changed.
	Writes bool
	// Settings are the names and values of all settings.
	Settings func() [][2]string
	// Schemas are the namespaces in which names without one are looked for, those
	// that there are; the catalog's own is not among them.
	Schemas func() []string
	// Sessions are those that the user may know of.
	Sessions func() []Session
}

// View returns the statement of a relation. Those of information_schema are
// made of the gate's own, and have PostgreSQL's words for types.
func (d Catalog) View(name ident.Table, wanted gate.Wanted) (string, bool) {
	r, known := catalogRelations()[relationName(name)]
	if !known {
		return "", false
	}
	return d.filled(r.sql(wanted)), true
}

// filled writes what is the session's into a statement.
func (d Catalog) filled(sql string) string {
	if !strings.Contains(sql, "{") {
		return sql
	}
	var pairs []string
	for _, one := range []struct {
		mark  string
		value func() string
	}{
		{"{database}", func() string { return ident.Literal(d.Database) }}, {"{user}", func() string { return ident.Literal(d.User) }},
		{"{types}", pgTypes}, {"{writes}", func() string { return strconv.FormatBool(d.Writes) }}, {"{sessions}", d.sessions}, {"{settings}", d.settingRows},
	} {
		if strings.Contains(sql, one.mark) {
			pairs = append(pairs, one.mark, one.value())
		}
	}
	return strings.NewReplacer(pairs...).Replace(sql)
}

func (d Catalog) settingRows() string {
	var list []string
	for _, s := range d.Settings() {
		list = append(list, "("+ident.Literal(s[0])+", "+ident.Literal(s[1])+")")
	}
	return strings.Join(list, ", ")
}

// schemas are the namespaces as current_schemas tells them.
func (d Catalog) schemas() string {
	list := []string{ident.Literal(Namespace)}
	for _, s := range d.Schemas() {
		list = append(list, ident.Literal(s))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// Macro returns a function of the catalog.
func (d Catalog) Macro(name string) (parameters, body string, known bool) {
	switch name {
	case "current_database", "current_catalog":
		return "()", ident.Literal(d.Database), true
	case "current_user", "session_user", "user", "current_role":
		return "()", ident.Literal(d.User), true
	case "current_schema":
		return "()", d.schemas() + "[2]", true
	case "current_schemas":
		return "(x)", "CASE WHEN x THEN " + d.schemas() + " ELSE " + d.schemas() + "[2:] END", true
	case "pg_backend_pid":
		return "()", fmt.Sprint(d.PID), true
	case "pg_get_userbyid":
		return "(x)", ident.Literal(d.User), true
	case "current_setting":
		return "(n, missing := false)", d.settingCases(), true
	}
	if words, reads := privilegeWords[name]; reads {
		m := privilegeReader(words)
		return m[0], m[1], true
	}
	m, known := macros()[name]
	return m[0], m[1], known
}

// comments are the comments of an object, the first argument. What is read calls
// its columns nothing that an argument can mean.
const comments = "SELECT tarn_says FROM (SELECT objoid AS tarn_oid, objsubid AS tarn_number, description AS tarn_says FROM pg_catalog.pg_description) WHERE tarn_oid = $1 AND "

// sizes is how many bytes the data files of a relation take, the first argument;
// a view and an index have none.
const sizes = "SELECT coalesce((SELECT tarn_bytes FROM (SELECT oid AS tarn_oid, bytes AS tarn_bytes FROM pg_catalog." + sizeRelation + ") WHERE tarn_oid = regclass($1)), 0)"

// queries are the functions that read the catalog. Each reads all of its
// arguments: one may be a placeholder, which must not get lost.
var queries = map[string]string{
	"obj_description":        comments + "tarn_number = 0 AND coalesce($2, 'pg_class') = 'pg_class'",
	"col_description":        comments + "tarn_number = $2 AND tarn_number > 0",
	"pg_total_relation_size": sizes,
	"pg_table_size":          sizes,
	"pg_relation_size":       "SELECT CASE WHEN coalesce($2, 'main') = 'main' THEN (" + sizes + ") ELSE 0 END",
	"regclasstext": "SELECT coalesce((SELECT tarn_says FROM (SELECT c.oid AS tarn_oid, CASE WHEN n.nspname = 'main' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.relname) AS tarn_says " +
		"FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace) WHERE tarn_oid = $1), CAST($1 AS VARCHAR))",
	"pg_get_constraintdef": "SELECT tarn_says FROM (SELECT oid AS tarn_oid, " + keyDefinition + " AS tarn_says FROM pg_catalog." + keyRelation + ") WHERE tarn_oid = $1 AND coalesce($2, true) IS NOT NULL",
	"pg_get_indexdef": "SELECT CASE WHEN coalesce($2::INTEGER, 0) = 0 THEN tarn_says ELSE quote_ident(tarn_columns[$2::INTEGER]) END FROM (SELECT indexoid AS tarn_oid, columns AS tarn_columns, " +
		indexDefinition + " AS tarn_says FROM pg_catalog." + keyRelation + " WHERE kind <> 'f') WHERE tarn_oid = $1 AND coalesce($3, true) IS NOT NULL",
}

// Query returns a function of the catalog that reads it.
func (d Catalog) Query(name string) (sql string, known bool) {
	if sql, known = queries[name]; !known {
		sql, known = privilegeQueries[name]
	}
	return d.filled(sql), known
}

func (d Catalog) settingCases() string {
	var b strings.Builder
	b.WriteString("CASE lower(n)")
	for _, s := range d.Settings() {
		b.WriteString(" WHEN " + ident.Literal(s[0]) + " THEN " + ident.Literal(s[1]))
	}
	return b.String() + " END"
}
