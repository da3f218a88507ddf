package pgcatalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
)

// unsent is the body of a function that signals a session, where it stands so
// that the signal is not sent.
const unsent = "CASE WHEN x::BIGINT IS NOT NULL THEN error('a signal to a session is the one column that is selected: SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE …')::BOOLEAN END"

// quoted is SQL for how a value is written in SQL, as far as there is one.
const quoted = `CASE WHEN x IS NOT NULL THEN CASE WHEN contains(x::VARCHAR, '\') THEN 'E' ELSE '' END || '''' || replace(replace(x::VARCHAR, '\', '\\'), '''', '''''') || ''''`

// macros are the functions that need nothing of the session.
var macros = sync.OnceValue(func() map[string][2]string {
	return map[string][2]string{
		"array_upper":       {"(a, d)", "CASE WHEN d = 1 AND len(a) > 0 THEN len(a)::INTEGER END"},
		"array_lower":       {"(a, d)", "CASE WHEN d = 1 AND len(a) > 0 THEN 1 END"},
		"json_build_object": {"", "json_object"}, "jsonb_build_object": {"", "json_object"}, "json_build_array": {"", "json_array"},
		"parse_ident":     {"(x)", `list_transform(string_split(x, '.'), lambda e: trim(e, '"'))`},
		"_pg_expandarray": {"(a)", "unnest(list_transform(generate_series(1, len(a)), lambda i: {'x': a[i], 'n': i::INTEGER}))"},
		"array_remove":    {"(a, b)", "list_filter(a, lambda e: e IS DISTINCT FROM b)"},
		"version":         {"()", "'PostgreSQL " + Version + " (Tarn)'"},
		"pg_oid":          {"(x)", fmt.Sprintf(gate.NumberSQL, "x::VARCHAR")},
		"pg_type_of":      {"(t)", typeCases()},
		"format_type":     {"(t, m)", typeNames()},
		"pg_typmod":       {"(t)", "CASE WHEN t LIKE 'DECIMAL(%)' THEN (split_part(split_part(t, '(', 2), ',', 1)::INTEGER << 16 | rtrim(split_part(t, ',', 2), ')')::INTEGER) + 4 ELSE -1 END"},
		"regclass":        {"(x)", objectOid()},
		"regtype":         {"(x)", typeOids()},
		"regtypetext":     {"(x)", "CASE WHEN TRY_CAST(x AS UINTEGER) IS NULL THEN x::VARCHAR ELSE " + strings.ReplaceAll(strings.ReplaceAll(typeNames(), "t::BIGINT", "x::BIGINT"), "m::BIGINT", "NULL::BIGINT") + " END"},
		"to_regtype":      {"(x)", typeOids()},
		"pg_type_name":    {"(t)", shortNames()},
		"regnamespace":    {"(x)", "coalesce(TRY_CAST(x AS UINTEGER), " + fmt.Sprintf(gate.NumberSQL, "x::VARCHAR") + ")"},
		"regproc":         {"(x)", procOid},
		"regprocedure":    {"(x)", procOid},
		"regoper":         {"(x)", "TRY_CAST(x AS UINTEGER)"}, "regoperator": {"(x)", "TRY_CAST(x AS UINTEGER)"}, "regcollation": {"(x)", "TRY_CAST(x AS UINTEGER)"}, "regconfig": {"(x)", "TRY_CAST(x AS UINTEGER)"}, "regdictionary": {"(x)", "TRY_CAST(x AS UINTEGER)"},
		"regrole":                            {"(x)", "coalesce(TRY_CAST(x AS UINTEGER), 10)"},
		"to_regclass":                        {"(x)", objectOid()},
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
		"pg_get_viewdef":                     {"(a, b := false)", "'-- what a view says is not shown'"},
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
		"shobj_description":                  {"(a, b)", "NULL::VARCHAR"},
		"pg_encoding_to_char":                {"(a)", "'UTF8'"},
		"pg_char_to_encoding":                {"(a)", "6"},
		"getdatabaseencoding":                {"()", "'UTF8'"},
		"pg_cancel_backend":                  {"(x)", unsent}, "pg_terminate_backend": {"(x)", unsent},
		"pg_has_role":                {"(a, b, c := '')", "true"},
		"pg_partition_ancestors":     {"(a)", "unnest(list_filter([a], lambda e: false)::UINTEGER[])"},
		"pg_partition_root":          {"(a)", "NULL::UINTEGER"},
		"pg_identify_object":         {"(a, b, c)", "{'type': NULL::VARCHAR, 'schema': NULL::VARCHAR, 'name': NULL::VARCHAR, 'identity': NULL::VARCHAR}"},
		"aclexplode":                 {"(a)", "unnest(list_filter([{'grantor': 0::UINTEGER, 'grantee': 0::UINTEGER, 'privilege_type': '', 'is_grantable': false}], lambda e: false))"},
		"pg_stat_get_numscans":       {"(a)", "0::BIGINT"},
		"pg_is_in_recovery":          {"()", "false"},
		"pg_is_other_temp_schema":    {"(a)", "false"},
		"pg_my_temp_schema":          {"()", "0::UINTEGER"},
		"pg_relation_is_publishable": {"(a)", "false"},
		"pg_database_size":           {"(a)", "0::BIGINT"},
		"pg_size_pretty":             {"(a)", prettySize()},
		"pg_tablespace_location":     {"(a)", "''"},
		"pg_advisory_unlock_all":     {"()", "NULL::VARCHAR"},
		"pg_postmaster_start_time":   {"()", "now()"},
		"pg_conf_load_time":          {"()", "now()"},
		"txid_current":               {"()", "1::BIGINT"},
		"quote_ident":                {"(x)", "CASE WHEN regexp_full_match(x, '[a-z_][a-z0-9_$]*') THEN x ELSE '\"' || replace(x, '\"', '\"\"') || '\"' END"},
		"quote_literal":              {"(x)", quoted + " END"},
		"quote_nullable":             {"(x)", quoted + " ELSE 'NULL' END"},
		"set_config":                 {"(a, b, c)", "b"},
		"inet_server_addr":           {"()", "NULL::VARCHAR"},
		"inet_server_port":           {"()", "NULL::INTEGER"},
		"inet_client_addr":           {"()", "NULL::VARCHAR"},
	}
})

// prettySize is SQL for a number of bytes in the largest unit of which there are
// ten, to a whole one.
func prettySize() string {
	var b strings.Builder
	b.WriteString("CASE WHEN a::BIGINT < 10240 THEN a::BIGINT || ' bytes'")
	for i, unit := range []string{"kB", "MB", "GB", "TB", "PB"} {
		half := fmt.Sprintf("(a::BIGINT >> %d)", 10*i+9)
		fmt.Fprintf(&b, " WHEN %s < 20479 THEN ((%s + 1) // 2) || ' %s'", half, half, unit)
	}
	return b.String() + " END"
}

// objectOid is SQL that finds the number of a relation by its name, which may
// be its number already; a name without a schema is one of the catalog, or else
// of main.
func objectOid() string {
	var b strings.Builder
	b.WriteString(`coalesce(TRY_CAST(x AS UINTEGER), CASE replace(x::VARCHAR, 'pg_catalog.', '')`)
	for _, name := range slices.Sorted(maps.Keys(catalogRelations())) {
		if number := catalogRelations()[name].number; number != 0 {
			fmt.Fprintf(&b, " WHEN %s THEN %d", ident.Literal(name), number)
		}
	}
	return b.String() + ` END, ` + fmt.Sprintf(gate.NumberSQL, `replace(CASE WHEN contains(x::VARCHAR, '.') THEN x::VARCHAR ELSE 'main.' || x::VARCHAR END, '"', '')`) + ")"
}

// procOid is SQL that finds the number of a function: of those that are asked
// for by their names, there is one.
var procOid = fmt.Sprintf("coalesce(TRY_CAST(x AS UINTEGER), CASE WHEN regexp_full_match(x::VARCHAR, '(pg_catalog\\.)?array_in') THEN %d END)::UINTEGER", arrayInput)
