package pgwire

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// catalog is what clients find of PostgreSQL's own catalog: relations made of
// information_schema, and functions. It is a [gate.Dialect].
type catalog struct{ c *conn }

// pgCatalog is the schema of the catalog; its relations are found without it,
// too.
const pgCatalog = "pg_catalog"

// View returns the statement of a relation.
func (d catalog) View(name ident.Table) (string, bool) {
	relation := ident.Fold(name.Name)
	switch ident.Fold(name.Namespace) {
	case pgCatalog:
	case ident.DefaultNamespace:
		if !strings.HasPrefix(relation, "pg_") {
			return "", false
		}
	default:
		return "", false
	}
	if sql, filled := relations[relation]; filled {
		return sql, true
	}
	switch relation {
	case "pg_type":
		return pgTypes(), true
	case "pg_database":
		return "SELECT 1::BIGINT AS oid, " + ident.Literal(d.c.database) + " AS datname, 10::BIGINT AS datdba, 6 AS encoding, 'c' AS datlocprovider, false AS datistemplate, true AS datallowconn, -1 AS datconnlimit, 'C' AS datcollate, 'C.UTF-8' AS datctype, NULL::VARCHAR AS daticulocale, NULL::VARCHAR AS datacl, 1663::BIGINT AS dattablespace", true
	case "pg_roles", "pg_user", "pg_authid":
		return "SELECT 10::BIGINT AS oid, " + ident.Literal(d.c.user) + " AS rolname, false AS rolsuper, true AS rolinherit, false AS rolcreaterole, false AS rolcreatedb, true AS rolcanlogin, false AS rolreplication, -1 AS rolconnlimit, NULL::VARCHAR AS rolpassword, NULL::TIMESTAMPTZ AS rolvaliduntil, false AS rolbypassrls, NULL::VARCHAR[] AS rolconfig, " +
			ident.Literal(d.c.user) + " AS usename, 10::BIGINT AS usesysid, false AS usecreatedb, false AS usesuper", true
	case "pg_settings":
		return d.pgSettings(), true
	}
	if columns, empty := emptyRelations[relation]; empty {
		return emptyRelation(columns), true
	}
	return "", false
}

func (d catalog) pgSettings() string {
	var list []string
	for _, name := range d.c.settings.names() {
		value, _ := d.c.settings.get(name)
		list = append(list, "("+ident.Literal(name)+", "+ident.Literal(value)+")")
	}
	return "SELECT name, setting, NULL::VARCHAR AS unit, '' AS category, '' AS short_desc, 'user' AS context, 'string' AS vartype, 'default' AS source, setting AS boot_val, setting AS reset_val FROM (VALUES " +
		strings.Join(list, ", ") + ") AS s(name, setting)"
}

// emptyRelation is a relation of which there is nothing here.
func emptyRelation(columns string) string {
	var list []string
	for _, f := range strings.Fields(columns) {
		name, typ, given := strings.Cut(f, ":")
		if !given {
			typ = "BIGINT"
		}
		list = append(list, "NULL::"+typ+" AS "+name)
	}
	return "SELECT " + strings.Join(list, ", ") + " WHERE false"
}

// pgType is a type that clients are told of.
type pgType struct {
	oid      uint32
	name     string
	long     string // as format_type has it
	size     int
	category string
	array    uint32
}

var pgTypeList = []pgType{
	{oidBool, "bool", "boolean", 1, "B", 1000}, {oidBytea, "bytea", "bytea", -1, "U", 1001}, {oidChar, "char", `"char"`, 1, "Z", 1002}, {oidName, "name", "name", 64, "S", 1003},
	{oidInt8, "int8", "bigint", 8, "N", 1016}, {oidInt2, "int2", "smallint", 2, "N", 1005}, {oidInt4, "int4", "integer", 4, "N", 1007},
	{oidText, "text", "text", -1, "S", 1009}, {oidOid, "oid", "oid", 4, "N", 1028}, {oidJSON, "json", "json", -1, "U", 199},
	{oidFloat4, "float4", "real", 4, "N", 1021}, {oidFloat8, "float8", "double precision", 8, "N", 1022}, {oidUnknown, "unknown", "unknown", -2, "X", 0},
	{oidBpchar, "bpchar", "character", -1, "S", 1014}, {oidVarchar, "varchar", "character varying", -1, "S", 1015}, {oidDate, "date", "date", 4, "D", 1182},
	{oidTime, "time", "time without time zone", 8, "D", 1183}, {oidTimestamp, "timestamp", "timestamp without time zone", 8, "D", 1115},
	{oidTimestampTZ, "timestamptz", "timestamp with time zone", 8, "D", 1185}, {oidInterval, "interval", "interval", 16, "T", 1187},
	{oidTimeTZ, "timetz", "time with time zone", 12, "D", 1270}, {oidNumeric, "numeric", "numeric", -1, "N", 1231}, {oidUUID, "uuid", "uuid", 16, "U", 2951},
	{oidJSONB, "jsonb", "jsonb", -1, "U", 3807},
}

// pgTypes are the types and their arrays.
func pgTypes() string {
	var list []string
	add := func(oid uint32, name string, size int, category string, element, array uint32) {
		list = append(list, fmt.Sprintf("(%d, %s, %d, %s, %d, %d)", oid, ident.Literal(name), size, ident.Literal(category), element, array))
	}
	for _, t := range pgTypeList {
		add(t.oid, t.name, t.size, t.category, 0, t.array)
		if t.array != 0 {
			add(t.array, "_"+t.name, -1, "A", t.oid, 0)
		}
	}
	return `SELECT oid::BIGINT AS oid, typname, 11::BIGINT AS typnamespace, 10::BIGINT AS typowner, typlen::SMALLINT AS typlen, typlen BETWEEN 1 AND 8 AS typbyval,
		'b' AS typtype, typcategory, false AS typispreferred, true AS typisdefined, ',' AS typdelim, 0::BIGINT AS typrelid, 0::BIGINT AS typsubscript, typelem::BIGINT AS typelem, typarray::BIGINT AS typarray,
		0::BIGINT AS typinput, 0::BIGINT AS typoutput, 0::BIGINT AS typreceive, 0::BIGINT AS typsend, 'i' AS typalign, 'x' AS typstorage, false AS typnotnull,
		0::BIGINT AS typbasetype, -1 AS typtypmod, 0 AS typndims, 0::BIGINT AS typcollation, NULL::VARCHAR AS typdefault, NULL::VARCHAR AS typacl
		FROM (VALUES ` + strings.Join(list, ", ") + `) AS t(oid, typname, typlen, typcategory, typelem, typarray)`
}

// typeCases is SQL that finds a type for an engine's name of one.
func typeCases() string {
	var names []string
	for name := range engineKinds {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("CASE")
	for _, name := range names {
		k := engineKinds[name]
		fmt.Fprintf(&b, " WHEN t = %s THEN %d", ident.Literal(name), k.oid)
		if k.oid != oidJSON {
			fmt.Fprintf(&b, " WHEN t = %s THEN %d", ident.Literal(name+"[]"), k.array)
		}
	}
	return b.String() + " WHEN t LIKE 'DECIMAL(%)' THEN 1700 WHEN t LIKE 'DECIMAL(%)[]' THEN 1231 WHEN t LIKE '%]' OR t LIKE 'STRUCT(%' OR t LIKE 'MAP(%' OR t LIKE 'UNION(%' THEN 114 ELSE 25 END::BIGINT"
}

// typeNames is SQL that names a type.
func typeNames() string {
	var b strings.Builder
	b.WriteString("CASE t::BIGINT")
	for _, t := range pgTypeList {
		long := ident.Literal(t.long)
		if t.oid == oidNumeric {
			long = "'numeric' || CASE WHEN m::BIGINT > 4 THEN '(' || ((m::BIGINT - 4) >> 16) || ',' || ((m::BIGINT - 4) & 65535) || ')' ELSE '' END"
		}
		fmt.Fprintf(&b, " WHEN %d THEN %s", t.oid, long)
		if t.array != 0 {
			fmt.Fprintf(&b, " WHEN %d THEN %s", t.array, ident.Literal(t.long+"[]"))
		}
	}
	return b.String() + " WHEN 0 THEN '-' ELSE '???' END"
}

// Macro returns a function of the catalog.
func (d catalog) Macro(name string) (parameters, body string, known bool) {
	switch name {
	case "current_database", "current_catalog":
		return "()", ident.Literal(d.c.database), true
	case "current_user", "session_user", "user", "current_role":
		return "()", ident.Literal(d.c.user), true
	case "pg_backend_pid":
		return "()", fmt.Sprint(d.c.id), true
	case "pg_get_userbyid":
		return "(x)", ident.Literal(d.c.user), true
	case "current_setting":
		return "(n, missing := false)", d.settingCases(), true
	}
	m, known := macros[name]
	return m[0], m[1], known
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

// oidOf is SQL that makes a number of a name, always the same.
const oidOf = "(hash(%s) %% 2147467264 + 16384)::BIGINT"

// macros are the functions that need nothing of the session.
var macros = map[string][2]string{
	"array_upper":                        {"(a, d)", "CASE WHEN d = 1 AND len(a) > 0 THEN len(a)::INTEGER END"},
	"array_lower":                        {"(a, d)", "CASE WHEN d = 1 AND len(a) > 0 THEN 1 END"},
	"array_remove":                       {"(a, b)", "list_filter(a, lambda e: e IS DISTINCT FROM b)"},
	"version":                            {"()", "'PostgreSQL " + ServerVersion + " (Tarn)'"},
	"current_schema":                     {"()", "'main'"},
	"current_schemas":                    {"(x)", "['pg_catalog', 'main']"},
	"pg_oid":                             {"(x)", fmt.Sprintf(oidOf, "x::VARCHAR")},
	"pg_type_of":                         {"(t)", typeCases()},
	"format_type":                        {"(t, m)", typeNames()},
	"pg_typmod":                          {"(t)", "CASE WHEN t LIKE 'DECIMAL(%)' THEN (split_part(split_part(t, '(', 2), ',', 1)::INTEGER << 16 | rtrim(split_part(t, ',', 2), ')')::INTEGER) + 4 ELSE -1 END"},
	"regclass":                           {"(x)", objectOid},
	"regtype":                            {"(x)", "TRY_CAST(x AS BIGINT)"},
	"regnamespace":                       {"(x)", "coalesce(TRY_CAST(x AS BIGINT), " + fmt.Sprintf(oidOf, "x::VARCHAR") + ")"},
	"regproc":                            {"(x)", "TRY_CAST(x AS BIGINT)"},
	"regprocedure":                       {"(x)", "TRY_CAST(x AS BIGINT)"},
	"regrole":                            {"(x)", "coalesce(TRY_CAST(x AS BIGINT), 10)"},
	"to_regclass":                        {"(x)", objectOid},
	"pg_table_is_visible":                {"(x)", "true"},
	"pg_type_is_visible":                 {"(x)", "true"},
	"pg_function_is_visible":             {"(x)", "true"},
	"pg_collation_is_visible":            {"(x)", "true"},
	"pg_operator_is_visible":             {"(x)", "true"},
	"pg_opclass_is_visible":              {"(x)", "true"},
	"pg_opfamily_is_visible":             {"(x)", "true"},
	"pg_conversion_is_visible":           {"(x)", "true"},
	"pg_statistics_obj_is_visible":       {"(x)", "true"},
	"pg_ts_config_is_visible":            {"(x)", "true"},
	"pg_ts_dict_is_visible":              {"(x)", "true"},
	"pg_ts_parser_is_visible":            {"(x)", "true"},
	"pg_ts_template_is_visible":          {"(x)", "true"},
	"pg_get_expr":                        {"(a, b, c := false)", "NULL::VARCHAR"},
	"pg_get_constraintdef":               {"(a, b := false)", "NULL::VARCHAR"},
	"pg_get_indexdef":                    {"(a, b := 0, c := false)", "NULL::VARCHAR"},
	"pg_get_viewdef":                     {"(a, b := false)", "NULL::VARCHAR"},
	"pg_get_ruledef":                     {"(a, b := false)", "NULL::VARCHAR"},
	"pg_get_triggerdef":                  {"(a, b := false)", "NULL::VARCHAR"},
	"pg_get_partkeydef":                  {"(a)", "NULL::VARCHAR"},
	"pg_get_statisticsobjdef_columns":    {"(a)", "NULL::VARCHAR"},
	"pg_get_function_result":             {"(a)", "NULL::VARCHAR"},
	"pg_get_function_arguments":          {"(a)", "NULL::VARCHAR"},
	"pg_get_function_identity_arguments": {"(a)", "NULL::VARCHAR"},
	"pg_get_functiondef":                 {"(a)", "NULL::VARCHAR"},
	"pg_get_function_sqlbody":            {"(a)", "NULL::VARCHAR"},
	"pg_get_serial_sequence":             {"(a, b)", "NULL::VARCHAR"},
	"obj_description":                    {"(a, b := '')", "NULL::VARCHAR"},
	"col_description":                    {"(a, b)", "NULL::VARCHAR"},
	"shobj_description":                  {"(a, b)", "NULL::VARCHAR"},
	"pg_encoding_to_char":                {"(a)", "'UTF8'"},
	"pg_char_to_encoding":                {"(a)", "6"},
	"getdatabaseencoding":                {"()", "'UTF8'"},
	"has_table_privilege":                {"(a, b, c := '')", "lower(b::VARCHAR) IN ('select', lower(c::VARCHAR)) OR lower(c::VARCHAR) = 'select'"},
	"has_schema_privilege":               {"(a, b, c := '')", "true"},
	"has_database_privilege":             {"(a, b, c := '')", "true"},
	"has_column_privilege":               {"(a, b, c, d := '')", "true"},
	"has_any_column_privilege":           {"(a, b, c := '')", "true"},
	"pg_has_role":                        {"(a, b, c := '')", "true"},
	"pg_is_in_recovery":                  {"()", "false"},
	"pg_is_other_temp_schema":            {"(a)", "false"},
	"pg_my_temp_schema":                  {"()", "0::BIGINT"},
	"pg_relation_is_publishable":         {"(a)", "false"},
	"pg_relation_size":                   {"(a, b := '')", "0::BIGINT"},
	"pg_table_size":                      {"(a)", "0::BIGINT"},
	"pg_total_relation_size":             {"(a)", "0::BIGINT"},
	"pg_database_size":                   {"(a)", "0::BIGINT"},
	"pg_size_pretty":                     {"(a)", "a::VARCHAR || ' bytes'"},
	"pg_tablespace_location":             {"(a)", "''"},
	"pg_advisory_unlock_all":             {"()", "NULL::VARCHAR"},
	"pg_postmaster_start_time":           {"()", "now()"},
	"pg_conf_load_time":                  {"()", "now()"},
	"txid_current":                       {"()", "1::BIGINT"},
	"quote_ident":                        {"(x)", "CASE WHEN regexp_full_match(x, '[a-z_][a-z0-9_$]*') THEN x ELSE '\"' || replace(x, '\"', '\"\"') || '\"' END"},
	"set_config":                         {"(a, b, c)", "b"},
	"inet_server_addr":                   {"()", "NULL::VARCHAR"},
	"inet_server_port":                   {"()", "NULL::INTEGER"},
	"inet_client_addr":                   {"()", "NULL::VARCHAR"},
}

// objectOid is SQL that finds the number of a relation by its name, which may
// be its number already; a name without a schema is one of main.
const objectOid = `coalesce(TRY_CAST(x AS BIGINT), (hash(replace(CASE WHEN contains(x::VARCHAR, '.') THEN x::VARCHAR ELSE 'main.' || x::VARCHAR END, '"', '')) % 2147467264 + 16384)::BIGINT)`

// typeWords are types that are words of the engine's grammar, before which no
// schema can stand.
var typeWords = []string{"TEXT", "BIT", "CHAR", "DEC", "INT", "REAL", "TIME", "FLOAT", "BIGINT", "CHARACTER", "DECIMAL", "BOOLEAN", "INTEGER", "NUMERIC",
	"VARCHAR", "SMALLINT", "INTERVAL", "TIMESTAMP"}

// plainWords writes OPERATOR(pg_catalog.~) as ~ and pg_catalog.text as text,
// with blanks that keep everything in its place.
func plainWords(sql string) string {
	if !strings.Contains(strings.ToLower(sql), pgCatalog) {
		return sql
	}
	out := []byte(sql)
	for _, part := range sqlast.Split(sql) {
		for i, t := range part.Tokens {
			w := &words{sql, part.Tokens[i:]}
			if w.accept("PG_CATALOG", ".") && slices.Contains(typeWords, w.peek()) {
				copy(out[t.Start:], strings.Repeat(" ", w.tokens[0].Start-t.Start))
				continue
			}
			if t.Word != "OPERATOR" || !w.accept("OPERATOR", "(", "PG_CATALOG", ".") {
				continue
			}
			operator := ""
			for !w.ended() && w.peek() != ")" {
				operator += w.next()
			}
			if w.ended() {
				break
			}
			end := w.tokens[0].End
			copy(out[t.Start:end], operator+strings.Repeat(" ", end-t.Start-len(operator)))
		}
	}
	return string(out)
}
