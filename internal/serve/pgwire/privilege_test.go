//go:build duckdb_arrow

package pgwire_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// What policies let somebody do is what the functions and relations of the
// catalog say of it.
func TestPrivilegesAreWhatPoliciesSay(t *testing.T) {
	g := newGoverned(t)
	const list = "SELECT string_agg(table_schema || '.' || table_name || ' ' || privilege_type, ', ' ORDER BY table_schema, table_name, privilege_type) FROM information_schema."
	for _, c := range []struct{ who, sql, want string }{
		{"bob", "SELECT has_table_privilege('shop.items', 'select'), has_table_privilege('shop.items', 'INSERT'), has_table_privilege('shop.items', 'insert, SELECT')", "t|f|t"},
		{"etl", "SELECT has_table_privilege('shop.orders', 'insert'), has_table_privilege('shop.orders', 'select'), has_table_privilege('etl', 'shop.orders', 'update,delete')", "t|f|f"},
		{"cat", "SELECT has_table_privilege(current_user, '\"mine\".\"notes\"', 'update'), has_table_privilege('mine.notes', 'truncate'), has_table_privilege('mine.notes', 'references, trigger')", "t|t|f"},
		{"cat", "SELECT has_table_privilege('mine.grab', 'select'), has_table_privilege('mine.grab', 'insert, update, delete, truncate')", "t|f"},
		{"cat", "SELECT has_table_privilege('shop.people', 'select, insert, update, delete')", "f"},
		{"ada", "SELECT has_table_privilege('secret.plans', 'delete'), has_table_privilege('secret.plans', 'DELETE WITH GRANT OPTION'), has_table_privilege(10, 'secret.plans'::regclass, 'delete')", "t|f|t"},
		{"bob", "SELECT has_table_privilege('pg_class', 'select'), has_table_privilege('pg_catalog.pg_class', 'insert'), has_table_privilege('information_schema.tables', 'select')", "t|f|t"},
		{"bob", "SELECT string_agg(relname || has_table_privilege(oid, 'select') || has_table_privilege(oid, 'insert'), ' ') FROM pg_class WHERE relname = 'items'", "itemstruefalse"},
		{"etl", "SELECT has_any_column_privilege('shop.orders', 'insert'), has_any_column_privilege(current_user, 'shop.orders', 'select'), has_column_privilege('shop.orders', 'id', 'insert'), has_column_privilege('etl', 'shop.orders', 'id', 'update')", "t|f|t|f"},
		{"cat", "SELECT has_schema_privilege('mine', 'create'), has_schema_privilege('mine', 'usage'), has_schema_privilege('main', 'create'), has_schema_privilege('cat', 'pg_catalog', 'usage')", "t|t|f|t"},
		{"ada", "SELECT has_schema_privilege('public', 'create'), has_schema_privilege('information_schema', 'create'), has_database_privilege(current_database(), 'create, connect')", "t|f|t"},
		{"bob", "SELECT has_database_privilege(current_database(), 'create'), has_database_privilege('bob', current_database(), 'connect'), has_database_privilege(1, 'temp')", "f|t|t"},
		{"etl", list + "table_privileges", "shop.orders INSERT"}, {"etl", list + "role_table_grants", "shop.orders INSERT"},
		{"cat", list + "table_privileges WHERE table_schema = 'mine' AND table_name IN ('notes', 'over')", "mine.notes DELETE, mine.notes INSERT, mine.notes SELECT, mine.notes TRUNCATE, mine.notes UPDATE, mine.over SELECT"},
		{"etl", list + "column_privileges WHERE column_name = 'id'", "shop.orders INSERT"}, {"none", list + "table_privileges", "NULL"},
	} {
		if got, err := rows(t, g.connect(t, c.who), c.sql); err != nil || got != c.want {
			t.Errorf("%s %s:\n%q, not %q: %v", c.who, c.sql, got, c.want, err)
		}
	}
}

func TestPrivilegesOfWhatIsNotThere(t *testing.T) {
	g := newGoverned(t)
	for sql, want := range map[string]string{
		"SELECT has_table_privilege('secret.plans', 'select')":      `42P01|relation "secret.plans" does not exist`,
		"SELECT has_any_column_privilege('secret.plane', 'select')": `42P01|relation "secret.plane" does not exist`,
		"SELECT has_schema_privilege('secret', 'usage')":            `3F000|schema "secret" does not exist`,
		"SELECT has_database_privilege('other', 'connect')":         `3D000|database "other" does not exist`,
		"SELECT has_table_privilege('ada', 'shop.items', 'select')": "42501|permission denied to ask what ada may do",
		"SELECT has_schema_privilege('nobody', 'shop', 'usage')":    "42501|permission denied to ask what nobody may do",
		"SELECT has_table_privilege('shop.items', 'read')":          `22023|unrecognized privilege type: "read"`,
		"SELECT has_column_privilege('shop.items', 'id', 'delete')": `22023|unrecognized privilege type: "delete"`,
	} {
		if _, err := rows(t, g.connect(t, "bob"), sql); !strings.HasPrefix(told(err), want) {
			t.Errorf("%s: %s", sql, told(err))
		}
	}
	const byNumber = "SELECT has_table_privilege(pg_oid('secret.plans'), 'select') IS NULL, has_table_privilege(pg_oid('secret.plane'), 'select') IS NULL, has_schema_privilege(pg_oid('secret'), 'usage') IS NULL"
	if got, err := rows(t, g.connect(t, "bob"), byNumber); err != nil || got != "t|t|t" {
		t.Error(got, err)
	}
}

// A token that only reads is worth no more, whatever its user may do.
func TestPrivilegesOfTokensThatOnlyRead(t *testing.T) {
	verifier, err := credential.Verifier("one", 4096)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := credential.Like(verifier, "two")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, func(o *pgwire.Options) { o.Accounts = &several{verifiers: []string{verifier, reading}} })
	for password, want := range map[string]string{"one": "t|t|t|t|5", "two": "t|f|f|f|1"} {
		c, err := pgx.Connect(t.Context(), strings.Replace(s.url(""), "anna@", "anna:"+password+"@", 1))
		if err != nil {
			t.Fatal(err)
		}
		got, err := rows(t, c, `SELECT has_table_privilege('orders', 'select'), has_table_privilege('orders', 'insert'), has_schema_privilege('main', 'create'),
			has_database_privilege('shop', 'create, temp'), (SELECT count(DISTINCT privilege_type) FROM information_schema.table_privileges)`)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v", password, got, err)
		}
		_ = c.Close(t.Context())
	}
}

// A session has one role, its user's.
func TestASessionMayTakeItsOwnRole(t *testing.T) {
	g := newGoverned(t)
	for sql, want := range map[string]string{
		"SET ROLE bob; SHOW role": "bob", `SET ROLE "bob"; SET ROLE NONE; SHOW role`: "none", "SET SESSION AUTHORIZATION bob; SHOW session_authorization": "bob", "SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; SHOW role": "none",
		"BEGIN; SET LOCAL ROLE 'bob'; COMMIT; SHOW role": "none", "SET SESSION AUTHORIZATION 'bob'; SELECT current_user": "bob",
	} {
		if got, err := rows(t, g.connect(t, "bob"), sql); err != nil || got != want {
			t.Errorf("%s: %q, %v", sql, got, err)
		}
	}
	for _, role := range []string{"ada", "nobody", `"owner"`} {
		for _, set := range []string{"SET ROLE ", "SET SESSION ROLE ", "SET LOCAL ROLE ", "SET SESSION AUTHORIZATION "} {
			c := g.connect(t, "bob")
			if _, err := rows(t, c, set+role); code(err) != "42501" {
				t.Errorf("%s%s: %v", set, role, err)
			}
			if _, err := rows(t, c, "SELECT * FROM secret.plans"); code(err) != "42P01" {
				t.Errorf("after %s%s: %v", set, role, err)
			}
		}
	}
}
