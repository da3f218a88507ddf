package pgcatalog

import "fmt"

// roleFilling is the one role that a session sees: its own.
const roleFilling = `
		oid = 10
		rolname = {user}
		rolsuper = false
		rolinherit = true
		rolcreaterole = false
		rolcreatedb = false
		rolcanlogin = true
		rolreplication = false
		rolconnlimit = -1
		rolbypassrls = false`

// sessionFillings are relations that have rows for the session and its one
// database.
var sessionFillings = map[string]filling{
	"pg_type": {"{types}", `
		oid = t.oid
		typname = t.name
		typnamespace = 11
		typowner = 10
		typlen = size
		typbyval = size BETWEEN 1 AND 8
		typtype = t.kind
		typcategory = category
		typispreferred = preferred
		typisdefined = true
		typdelim = ','
		typrelid = 0
		typsubscript = 0
		typelem = element
		typarray = array_type
		typinput = t.input
		typoutput = 0
		typreceive = t.receive
		typsend = 0
		typmodin = 0
		typmodout = 0
		typanalyze = 0
		typalign = 'i'
		typstorage = 'x'
		typnotnull = false
		typbasetype = 0
		typtypmod = -1
		typndims = 0
		typcollation = 0`},
	"pg_proc": {fmt.Sprintf("(VALUES (%d, 'array_in', 2275), (%d, 'array_recv', 2281)) AS p(number, name, argument)", arrayInput, arrayReceive), `
		oid = p.number
		proname = p.name
		pronamespace = 11
		proowner = 10
		prolang = 12
		procost = 1
		prorows = 0
		provariadic = 0
		prosupport = 0
		prokind = 'f'
		prosecdef = false
		proleakproof = false
		proisstrict = true
		proretset = false
		provolatile = 's'
		proparallel = 's'
		pronargs = 3
		pronargdefaults = 0
		prorettype = 2277
		proargtypes = [argument, 26, 23]
		prosrc = p.name`},
	"pg_database": {"", `
		oid = 1
		datname = {database}
		datdba = 10
		encoding = 6
		datlocprovider = 'c'
		datistemplate = false
		datallowconn = true
		datconnlimit = -1
		datfrozenxid = 1
		datminmxid = 1
		dattablespace = 1663
		datcollate = 'C'
		datctype = 'C.UTF-8'`},
	"pg_roles":  {"", roleFilling},
	"pg_authid": {"", roleFilling},
	"pg_user": {"", `
		usename = {user}
		usesysid = 10
		usecreatedb = false
		usesuper = false
		userepl = false
		usebypassrls = false`},
	"pg_settings": {"(VALUES {settings}) AS s(name, value)", `
		name = s.name
		setting = s.value
		category = ''
		short_desc = ''
		context = 'user'
		vartype = 'string'
		source = 'default'
		boot_val = s.value
		reset_val = s.value
		pending_restart = false`},
	"pg_stat_activity": {"(VALUES {sessions}) AS s(number, who, application, doing, says, host, port, begun, asked)", `
		datid = 1
		datname = {database}
		pid = number
		usesysid = 10
		usename = who
		application_name = application
		client_addr = host
		client_port = port
		backend_start = begun
		query_start = asked
		state = doing
		query = says
		backend_type = 'client backend'`},
	"pg_stat_database": {"", `
		datid = 1
		datname = {database}`},
}

// informationFillings are the standard's relations as PostgreSQL has them, over
// those that the gate has.
var informationFillings = map[string]filling{
	"information_schema.information_schema_catalog_name": {"", `
		catalog_name = {database}`},
	"information_schema.schemata": {"information_schema.schemata AS s", `
		catalog_name = {database}
		schema_name = s.schema_name
		schema_owner = {user}`},
	"information_schema.tables": {"information_schema.tables AS t WHERE {only}", `
		table_catalog = {database}
		table_schema = t.table_schema
		table_name = t.table_name
		table_type = t.table_type
		is_insertable_into = t.is_insertable_into
		is_typed = 'NO'`},
	"information_schema.views": {"information_schema.tables AS t WHERE {only} AND t.table_type = 'VIEW'", `
		table_catalog = {database}
		table_schema = t.table_schema
		table_name = t.table_name
		check_option = 'NONE'
		is_updatable = 'NO'
		is_insertable_into = 'NO'
		is_trigger_updatable = 'NO'
		is_trigger_deletable = 'NO'
		is_trigger_insertable_into = 'NO'`},
	"information_schema.columns": {"information_schema.columns AS c WHERE {only}", `
		table_catalog = {database}
		table_schema = c.table_schema
		table_name = c.table_name
		column_name = c.column_name
		ordinal_position = c.ordinal_position
		is_nullable = c.is_nullable
		data_type = CASE WHEN pg_type_of(c.data_type) IN (` + arrayOids + `) THEN 'ARRAY' ELSE format_type(pg_type_of(c.data_type), NULL) END
		numeric_precision = c.numeric_precision
		numeric_precision_radix = c.numeric_precision_radix
		numeric_scale = c.numeric_scale
		datetime_precision = CASE WHEN pg_type_of(c.data_type) = 1082 THEN 0 WHEN pg_type_of(c.data_type) IN (1083, 1114, 1184, 1186) THEN 6 END
		udt_catalog = {database}
		udt_schema = 'pg_catalog'
		udt_name = pg_type_name(pg_type_of(c.data_type))
		dtd_identifier = c.ordinal_position
		is_self_referencing = 'NO'
		is_identity = 'NO'
		identity_cycle = 'NO'
		is_generated = 'NEVER'
		is_updatable = 'YES'`},
	"information_schema.enabled_roles": {"", `
		role_name = {user}`},
	"information_schema.character_sets": {"", `
		character_set_name = 'UTF8'
		character_repertoire = 'UCS'
		form_of_use = 'UTF8'
		default_collate_catalog = {database}
		default_collate_schema = 'pg_catalog'
		default_collate_name = 'C.UTF-8'`},
}
