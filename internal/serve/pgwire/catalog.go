package pgwire

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
)

// catalog is what clients find of PostgreSQL's own catalog: relations made of
// information_schema, and functions. It is a [gate.Dialect].
type catalog struct{ c *conn }

// pgCatalog is the schema of the catalog; its relations are found without it,
// too.
const pgCatalog = "pg_catalog"

// View returns the statement of a relation. Those of information_schema are
// made of the gate's own, and have PostgreSQL's words for types.
func (d catalog) View(name ident.Table, wanted gate.Wanted) (string, bool) {
	relation := ident.Fold(name.Name)
	switch namespace := ident.Fold(name.Namespace); {
	case namespace == gate.InformationNamespace:
		relation = namespace + "." + relation
	case namespace == pgCatalog, namespace == ident.DefaultNamespace && strings.HasPrefix(relation, "pg_"):
	default:
		return "", false
	}
	r, known := catalogRelations()[relation]
	if !known {
		return "", false
	}
	return d.filled(r.sql(wanted)), true
}

// filled writes what is the session's into a statement.
func (d catalog) filled(sql string) string {
	if !strings.Contains(sql, "{") {
		return sql
	}
	var pairs []string
	for _, one := range []struct {
		mark  string
		value func() string
	}{
		{"{database}", func() string { return ident.Literal(d.c.database) }}, {"{user}", func() string { return ident.Literal(d.c.user) }},
		{"{types}", pgTypes}, {"{writes}", d.writes}, {"{sessions}", d.sessions}, {"{settings}", d.settingRows},
	} {
		if strings.Contains(sql, one.mark) {
			pairs = append(pairs, one.mark, one.value())
		}
	}
	return strings.NewReplacer(pairs...).Replace(sql)
}

// writes tells whether what the session has shown is for changing something, as
// far as anything can be changed.
func (d catalog) writes() string {
	return strconv.FormatBool(d.c.writer && d.c.server.Transactions != nil)
}

func (d catalog) settingRows() string {
	var list []string
	for _, name := range d.c.settings.names() {
		value, _ := d.c.settings.get(name)
		list = append(list, "("+ident.Literal(name)+", "+ident.Literal(value)+")")
	}
	return strings.Join(list, ", ")
}

// Macro returns a function of the catalog.
func (d catalog) Macro(name string) (parameters, body string, known bool) {
	switch name {
	case "current_database", "current_catalog":
		return "()", ident.Literal(d.c.database), true
	case "current_user", "session_user", "user", "current_role":
		return "()", ident.Literal(d.c.user), true
	case "current_schema":
		return "()", d.c.settings.schemas() + "[2]", true
	case "current_schemas":
		return "(x)", "CASE WHEN x THEN " + d.c.settings.schemas() + " ELSE " + d.c.settings.schemas() + "[2:] END", true
	case "pg_backend_pid":
		return "()", fmt.Sprint(d.c.id), true
	case "pg_get_userbyid":
		return "(x)", ident.Literal(d.c.user), true
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
func (d catalog) Query(name string) (sql string, known bool) {
	if sql, known = queries[name]; !known {
		sql, known = privilegeQueries[name]
	}
	return d.filled(sql), known
}

func (d catalog) settingCases() string {
	var b strings.Builder
	b.WriteString("CASE lower(n)")
	for _, name := range d.c.settings.names() {
		value, _ := d.c.settings.get(name)
		b.WriteString(" WHEN " + ident.Literal(name) + " THEN " + ident.Literal(value))
	}
	return b.String() + " END"
}
