package pgwire

// relations are those of the catalog that have rows here, over
// information_schema: what somebody may not see is in none of them.
var relations = map[string]string{
	"pg_namespace": `SELECT pg_oid(schema_name) AS oid, schema_name AS nspname, 10::BIGINT AS nspowner, NULL::VARCHAR AS nspacl FROM information_schema.schemata
		UNION ALL SELECT 11, 'pg_catalog', 10, NULL`,
	"pg_class": `SELECT pg_oid(table_schema || '.' || table_name) AS oid, table_name AS relname, pg_oid(table_schema) AS relnamespace, 0::BIGINT AS reltype, 0::BIGINT AS reloftype, 10::BIGINT AS relowner,
		CASE WHEN table_type = 'VIEW' THEN 0::BIGINT ELSE 2::BIGINT END AS relam, 0::BIGINT AS relfilenode, 0::BIGINT AS reltablespace, 0 AS relpages, -1::FLOAT AS reltuples, 0 AS relallvisible, 0::BIGINT AS reltoastrelid,
		false AS relhasindex, false AS relisshared, 'p' AS relpersistence, CASE WHEN table_type = 'VIEW' THEN 'v' ELSE 'r' END AS relkind, 0::SMALLINT AS relnatts, 0::SMALLINT AS relchecks, false AS relhasoids,
		false AS relhasrules, false AS relhastriggers, false AS relhassubclass, false AS relrowsecurity, false AS relforcerowsecurity, true AS relispopulated, 'n' AS relreplident, false AS relispartition,
		0::BIGINT AS relrewrite, 0::BIGINT AS relfrozenxid, 0::BIGINT AS relminmxid, NULL::VARCHAR[] AS relacl, NULL::VARCHAR[] AS reloptions, NULL::VARCHAR AS relpartbound, 0::BIGINT AS tableoid FROM information_schema.tables`,
	"pg_attribute": `SELECT pg_oid(table_schema || '.' || table_name) AS attrelid, column_name AS attname, pg_type_of(data_type) AS atttypid, -1 AS attstattarget, -1::SMALLINT AS attlen,
		ordinal_position::SMALLINT AS attnum, 0 AS attndims, -1 AS attcacheoff, pg_typmod(data_type) AS atttypmod, false AS attbyval, 'i' AS attalign, 'x' AS attstorage, '' AS attcompression,
		is_nullable = 'NO' AS attnotnull, false AS atthasdef, false AS atthasmissing, '' AS attidentity, '' AS attgenerated, false AS attisdropped, true AS attislocal, 0::SMALLINT AS attinhcount, 0::BIGINT AS attcollation,
		NULL::VARCHAR[] AS attacl, NULL::VARCHAR[] AS attoptions, NULL::VARCHAR[] AS attfdwoptions, NULL::VARCHAR AS attmissingval FROM information_schema.columns`,
	"pg_description": `SELECT pg_oid(table_schema || '.' || table_name) AS objoid, 1259::BIGINT AS classoid, ordinal_position AS objsubid, "COLUMN_COMMENT" AS description
		FROM information_schema.columns WHERE "COLUMN_COMMENT" IS NOT NULL`,
	"pg_tables": `SELECT table_schema AS schemaname, table_name AS tablename, 'tarn' AS tableowner, NULL::VARCHAR AS tablespace, false AS hasindexes, false AS hasrules, false AS hastriggers, false AS rowsecurity
		FROM information_schema.tables WHERE table_type = 'BASE TABLE'`,
	"pg_views":      `SELECT table_schema AS schemaname, table_name AS viewname, 'tarn' AS viewowner, NULL::VARCHAR AS definition FROM information_schema.tables WHERE table_type = 'VIEW'`,
	"pg_am":         `SELECT 2::BIGINT AS oid, 'iceberg' AS amname, 0::BIGINT AS amhandler, 't' AS amtype`,
	"pg_tablespace": `SELECT 1663::BIGINT AS oid, 'pg_default' AS spcname, 10::BIGINT AS spcowner, NULL::VARCHAR[] AS spcacl, NULL::VARCHAR[] AS spcoptions`,
}

// emptyRelations are those of which there is nothing here, with their columns;
// one without a type is a number.
var emptyRelations = map[string]string{
	"pg_index":                 "indexrelid indrelid indnatts:SMALLINT indnkeyatts:SMALLINT indisunique:BOOLEAN indnullsnotdistinct:BOOLEAN indisprimary:BOOLEAN indisexclusion:BOOLEAN indimmediate:BOOLEAN indisclustered:BOOLEAN indisvalid:BOOLEAN indcheckxmin:BOOLEAN indisready:BOOLEAN indislive:BOOLEAN indisreplident:BOOLEAN indkey:SMALLINT[] indcollation:BIGINT[] indclass:BIGINT[] indoption:SMALLINT[] indexprs:VARCHAR indpred:VARCHAR",
	"pg_constraint":            "oid conname:VARCHAR connamespace contype:VARCHAR condeferrable:BOOLEAN condeferred:BOOLEAN convalidated:BOOLEAN conrelid contypid conindid conparentid confrelid confupdtype:VARCHAR confdeltype:VARCHAR confmatchtype:VARCHAR conislocal:BOOLEAN coninhcount:INTEGER connoinherit:BOOLEAN conkey:SMALLINT[] confkey:SMALLINT[] conpfeqop:BIGINT[] conppeqop:BIGINT[] conffeqop:BIGINT[] conexclop:BIGINT[] conbin:VARCHAR",
	"pg_inherits":              "inhrelid inhparent inhseqno:INTEGER inhdetachpending:BOOLEAN",
	"pg_policy":                "oid polname:VARCHAR polrelid polcmd:VARCHAR polpermissive:BOOLEAN polroles:BIGINT[] polqual:VARCHAR polwithcheck:VARCHAR",
	"pg_statistic_ext":         "oid stxrelid stxname:VARCHAR stxnamespace stxowner stxstattarget:INTEGER stxkeys:SMALLINT[] stxkind:VARCHAR[] stxexprs:VARCHAR",
	"pg_publication":           "oid pubname:VARCHAR pubowner puballtables:BOOLEAN pubinsert:BOOLEAN pubupdate:BOOLEAN pubdelete:BOOLEAN pubtruncate:BOOLEAN pubviaroot:BOOLEAN",
	"pg_publication_rel":       "oid prpubid prrelid prqual:VARCHAR prattrs:SMALLINT[]",
	"pg_publication_namespace": "oid pnpubid pnnspid",
	"pg_subscription":          "oid subdbid subname:VARCHAR subowner subenabled:BOOLEAN subbinary:BOOLEAN substream:BOOLEAN subtwophasestate:VARCHAR subdisableonerr:BOOLEAN subskiplsn:VARCHAR subconninfo:VARCHAR subslotname:VARCHAR subsynccommit:VARCHAR subpublications:VARCHAR[]",
	"pg_trigger":               "oid tgrelid tgparentid tgname:VARCHAR tgfoid tgtype:SMALLINT tgenabled:VARCHAR tgisinternal:BOOLEAN tgconstrrelid tgconstrindid tgconstraint tgdeferrable:BOOLEAN tginitdeferred:BOOLEAN tgnargs:SMALLINT tgattr:SMALLINT[] tgqual:VARCHAR",
	"pg_attrdef":               "oid adrelid adnum:SMALLINT adbin:VARCHAR",
	"pg_collation":             "oid collname:VARCHAR collnamespace collowner collprovider:VARCHAR collisdeterministic:BOOLEAN collencoding:INTEGER collcollate:VARCHAR collctype:VARCHAR colliculocale:VARCHAR collversion:VARCHAR",
	"pg_shdescription":         "objoid classoid description:VARCHAR",
	"pg_foreign_table":         "ftrelid ftserver ftoptions:VARCHAR[]",
	"pg_foreign_server":        "oid srvname:VARCHAR srvowner srvfdw srvtype:VARCHAR srvversion:VARCHAR srvacl:VARCHAR[] srvoptions:VARCHAR[]",
	"pg_foreign_data_wrapper":  "oid fdwname:VARCHAR fdwowner fdwhandler fdwvalidator fdwacl:VARCHAR[] fdwoptions:VARCHAR[]",
	"pg_user_mapping":          "oid umuser umserver umoptions:VARCHAR[]", "pg_user_mappings": "umid srvid srvname:VARCHAR umuser usename:VARCHAR umoptions:VARCHAR[]",
	"pg_rewrite":              "oid rulename:VARCHAR ev_class ev_type:VARCHAR ev_enabled:VARCHAR is_instead:BOOLEAN ev_qual:VARCHAR ev_action:VARCHAR",
	"pg_partitioned_table":    "partrelid partstrat:VARCHAR partnatts:SMALLINT partdefid partattrs:SMALLINT[] partclass:BIGINT[] partcollation:BIGINT[] partexprs:VARCHAR",
	"pg_depend":               "classid objid objsubid:INTEGER refclassid refobjid refobjsubid:INTEGER deptype:VARCHAR",
	"pg_proc":                 "oid proname:VARCHAR pronamespace proowner prolang procost:FLOAT prorows:FLOAT provariadic prosupport prokind:VARCHAR prosecdef:BOOLEAN proleakproof:BOOLEAN proisstrict:BOOLEAN proretset:BOOLEAN provolatile:VARCHAR proparallel:VARCHAR pronargs:SMALLINT pronargdefaults:SMALLINT prorettype proargtypes:BIGINT[] proallargtypes:BIGINT[] proargmodes:VARCHAR[] proargnames:VARCHAR[] proargdefaults:VARCHAR protrftypes:BIGINT[] prosrc:VARCHAR probin:VARCHAR prosqlbody:VARCHAR tableoid proconfig:VARCHAR[] proacl:VARCHAR[]",
	"pg_language":             "oid lanname:VARCHAR lanowner lanispl:BOOLEAN lanpltrusted:BOOLEAN lanplcallfoid laninline lanvalidator lanacl:VARCHAR[] tableoid",
	"pg_extension":            "oid extname:VARCHAR extowner extnamespace extrelocatable:BOOLEAN extversion:VARCHAR extconfig:BIGINT[] extcondition:VARCHAR[]",
	"pg_enum":                 "oid enumtypid enumsortorder:FLOAT enumlabel:VARCHAR",
	"pg_range":                "rngtypid rngsubtype rngmultitypid rngcollation rngsubopc rngcanonical rngsubdiff",
	"pg_sequence":             "seqrelid seqtypid seqstart seqincrement seqmax seqmin seqcache seqcycle:BOOLEAN",
	"pg_sequences":            "schemaname:VARCHAR sequencename:VARCHAR sequenceowner:VARCHAR data_type:VARCHAR start_value min_value max_value increment_by cycle:BOOLEAN cache_size last_value",
	"pg_matviews":             "schemaname:VARCHAR matviewname:VARCHAR matviewowner:VARCHAR tablespace:VARCHAR hasindexes:BOOLEAN ispopulated:BOOLEAN definition:VARCHAR",
	"pg_indexes":              "schemaname:VARCHAR tablename:VARCHAR indexname:VARCHAR tablespace:VARCHAR indexdef:VARCHAR",
	"pg_auth_members":         "roleid member grantor admin_option:BOOLEAN",
	"pg_group":                "groname:VARCHAR grosysid grolist:BIGINT[]",
	"pg_db_role_setting":      "setdatabase setrole setconfig:VARCHAR[]",
	"pg_default_acl":          "oid defaclrole defaclnamespace defaclobjtype:VARCHAR defaclacl:VARCHAR[]",
	"pg_stat_activity":        "datid datname:VARCHAR pid:INTEGER usesysid usename:VARCHAR application_name:VARCHAR state:VARCHAR query:VARCHAR",
	"pg_event_trigger":        "oid evtname:VARCHAR evtevent:VARCHAR evtowner evtfoid evtenabled:VARCHAR evttags:VARCHAR[]",
	"pg_cast":                 "oid castsource casttarget castfunc castcontext:VARCHAR castmethod:VARCHAR",
	"pg_operator":             "oid oprname:VARCHAR oprnamespace oprowner oprkind:VARCHAR oprcanmerge:BOOLEAN oprcanhash:BOOLEAN oprleft oprright oprresult oprcom oprnegate oprcode oprrest oprjoin",
	"pg_opclass":              "oid opcmethod opcname:VARCHAR opcnamespace opcowner opcfamily opcintype opcdefault:BOOLEAN opckeytype",
	"pg_opfamily":             "oid opfmethod opfname:VARCHAR opfnamespace opfowner",
	"pg_aggregate":            "aggfnoid aggkind:VARCHAR aggnumdirectargs:SMALLINT",
	"pg_conversion":           "oid conname:VARCHAR connamespace conowner conforencoding:INTEGER contoencoding:INTEGER conproc condefault:BOOLEAN",
	"pg_largeobject_metadata": "oid lomowner lomacl:VARCHAR[]", "pg_seclabel": "objoid classoid objsubid:INTEGER provider:VARCHAR label:VARCHAR",
	"pg_ts_config": "oid cfgname:VARCHAR cfgnamespace cfgowner cfgparser", "pg_ts_dict": "oid dictname:VARCHAR dictnamespace dictowner dicttemplate dictinitoption:VARCHAR",
	"pg_ts_parser": "oid prsname:VARCHAR prsnamespace prsstart prstoken prsend prsheadline prslextype", "pg_ts_template": "oid tmplname:VARCHAR tmplnamespace tmplinit tmpllexize",
	"pg_locks": "locktype:VARCHAR database relation pid:INTEGER mode:VARCHAR granted:BOOLEAN", "pg_stat_user_tables": "relid schemaname:VARCHAR relname:VARCHAR n_live_tup n_dead_tup",
}
