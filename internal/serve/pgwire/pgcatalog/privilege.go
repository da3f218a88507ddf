package pgcatalog

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Relations of ours: what the session's user may do with each table and view,
// and in each schema; the schema 0 is the database.
const (
	privilegeRelation       = "pg_tarn_privilege"
	schemaPrivilegeRelation = "pg_tarn_schema_privilege"
	privilegeColumns        = privilegeRelation + " oid:oid privileges:_text\n" + schemaPrivilegeRelation + " oid:oid privileges:_text\n"
)

// granted is SQL for the privileges of a table as PostgreSQL calls them, of its
// actions: a token that only reads is worth no more than that.
const granted = "list_filter(string_split(upper(replace(actions, 'delete', 'delete truncate')), ' '), lambda tarn_e: tarn_e = 'SELECT' OR tarn_e <> '' AND {writes})"

const eachGranted = "(SELECT table_schema, table_name, unnest(" + granted + ") AS privilege FROM information_schema.privileges WHERE {only})"

// privilegeFillings are the relations that tell of privileges.
var privilegeFillings = map[string]filling{
	privilegeRelation: {"information_schema.privileges WHERE {only}", `
		oid = ` + tableNumber + `
		privileges = ` + granted},
	schemaPrivilegeRelation: {"(SELECT schema_name AS name, actions FROM information_schema.schema_privileges UNION ALL SELECT 'pg_catalog', '') AS s", `
		oid = CASE name WHEN '' THEN 0 WHEN 'pg_catalog' THEN 11 ELSE pg_oid(name) END
		privileges = list_concat(CASE name WHEN '' THEN ['CONNECT'] ELSE ['USAGE'] END, CASE WHEN NOT {writes} THEN [] WHEN actions = '' THEN CASE name WHEN '' THEN ['TEMP', 'TEMPORARY'] ELSE [] END WHEN name = '' THEN ['TEMP', 'TEMPORARY', 'CREATE'] ELSE ['CREATE'] END)`},
	"information_schema.table_privileges":   {eachGranted + " AS t", tablePrivileges},
	"information_schema.role_table_grants":  {eachGranted + " AS t", tablePrivileges},
	"information_schema.column_privileges":  {columnsGranted, columnPrivileges},
	"information_schema.role_column_grants": {columnsGranted, columnPrivileges},
}

const tablePrivileges = `
		grantor = {user}
		grantee = {user}
		table_catalog = {database}
		table_schema = t.table_schema
		table_name = t.table_name
		privilege_type = t.privilege
		is_grantable = 'NO'
		with_hierarchy = CASE WHEN t.privilege = 'SELECT' THEN 'YES' ELSE 'NO' END`

const columnsGranted = "(SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE {only}) AS c JOIN " + eachGranted + " AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.privilege IN ('SELECT', 'INSERT', 'UPDATE')"

const columnPrivileges = `
		grantor = {user}
		grantee = {user}
		table_catalog = {database}
		table_schema = c.table_schema
		table_name = c.table_name
		column_name = c.column_name
		privilege_type = t.privilege
		is_grantable = 'NO'`

// privilegeWords are what may be asked of tables, columns, schemas and databases,
// by the function that reads such a list.
var privilegeWords = map[string]string{
	"pg_tarn_of_table": "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER", "pg_tarn_of_column": "SELECT INSERT UPDATE REFERENCES",
	"pg_tarn_of_schema": "CREATE USAGE", "pg_tarn_of_database": "CREATE CONNECT TEMP TEMPORARY",
}

// privilegeReader is the body of a function that reads a list of privileges: one
// to grant them on is nobody's, and stays as a word that no privilege is.
func privilegeReader(words string) [2]string {
	var plain, granting []string
	for word := range strings.FieldsSeq(words) {
		plain = append(plain, ident.Literal(word))
		granting = append(granting, ident.Literal(word+" WITH GRANT OPTION"))
	}
	return [2]string{"(x)", fmt.Sprintf(`list_transform(string_split(x::VARCHAR, ','), lambda e: CASE WHEN upper(trim(e)) IN (%s) THEN upper(trim(e)) ELSE error('unrecognized privilege type: "' || trim(e) || '"') END)`,
		strings.Join(append(plain, granting...), ", "))}
}

// privilegeQuery is the query of a function whose arguments are perhaps a user,
// an object, and privileges: what the object is called, is SQL of its name or
// number, of which key makes a number; relation has the privileges of each, and
// reader reads those that are asked for. catalog is SQL of whether the name or
// number is one that everybody may read and nobody change. What is asked of many
// objects is looked up in one map: as a query of each, joined with all, it would
// take seconds for 10,000 tables.
func privilegeQuery(called, key, relation, reader, catalog string, middle bool) string {
	object, asked, more := "CASE WHEN $3 IS NULL THEN $1::VARCHAR ELSE $2::VARCHAR END", "CASE WHEN $3 IS NULL THEN $2::VARCHAR ELSE $3::VARCHAR END", "$3"
	if middle { // a column, between the table and the privileges
		object, asked, more = "CASE WHEN $4 IS NULL THEN $1::VARCHAR ELSE $2::VARCHAR END", "CASE WHEN $4 IS NULL THEN $3::VARCHAR ELSE $4::VARCHAR END", "$4"
	}
	sql := strings.NewReplacer("{called}", called, "{key}", key, "{relation}", relation, "{reader}", reader, "{catalog}", catalog).Replace(`SELECT CASE WHEN {more} IS NOT NULL AND $1::VARCHAR NOT IN ({user}, '10') THEN error('permission denied to ask what ' || $1::VARCHAR || ' may do')::BOOLEAN
			WHEN {catalog} THEN list_contains({reader}({asked}), 'SELECT')
			ELSE coalesce(list_has_any((SELECT map(list(tarn_oid), list(tarn_has)) FROM (SELECT oid AS tarn_oid, any_value(privileges) AS tarn_has FROM pg_catalog.{relation} GROUP BY oid))[{key}], {reader}({asked})),
				CASE WHEN TRY_CAST({object} AS UINTEGER) IS NULL THEN error('{called} "' || {object} || '" does not exist')::BOOLEAN END) END`)
	return strings.NewReplacer("{object}", object, "{asked}", asked, "{more}", more).Replace(sql)
}

// privilegeQueries are the functions that tell what somebody may do.
var privilegeQueries = func() map[string]string {
	const ofCatalog = "(regclass({object}) < 16384 OR regexp_full_match(lower({object}), '\"?(pg_catalog|information_schema)\"?[.].*'))"
	const schema = "coalesce(TRY_CAST({object} AS UINTEGER), CASE {object} WHEN 'pg_catalog' THEN 11 WHEN 'public' THEN pg_oid('main') ELSE pg_oid({object}) END)"
	const database = "CASE WHEN {object} IN ({database}, '1') THEN 0 END"
	return map[string]string{
		"has_table_privilege":      privilegeQuery("relation", "regclass({object})", privilegeRelation, "pg_tarn_of_table", ofCatalog, false),
		"has_any_column_privilege": privilegeQuery("relation", "regclass({object})", privilegeRelation, "pg_tarn_of_column", ofCatalog, false),
		"has_column_privilege":     privilegeQuery("relation", "regclass({object})", privilegeRelation, "pg_tarn_of_column", ofCatalog, true),
		"has_schema_privilege":     privilegeQuery("schema", schema, schemaPrivilegeRelation, "pg_tarn_of_schema", "false", false),
		"has_database_privilege":   privilegeQuery("database", database, schemaPrivilegeRelation, "pg_tarn_of_database", "false", false),
	}
}()
