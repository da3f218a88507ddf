//go:build duckdb_arrow

package pgwire_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

func TestWhatSetHasSetEndsWithItsTransaction(t *testing.T) {
	take(t, newServer(t).connect(t),
		step{"SET search_path = shop", "", ""},
		step{"BEGIN; SET search_path = main; SET my.own = 'a'; ROLLBACK; SHOW search_path", "shop", ""}, step{"SHOW my.own", "", "42704"},
		step{"BEGIN; RESET search_path; SHOW search_path", "main", ""}, step{"ROLLBACK; SHOW search_path", "shop", ""},
		step{"BEGIN; RESET ALL; SHOW search_path", "main", ""}, step{"ABORT; SHOW search_path", "shop", ""},
		step{"BEGIN; SET search_path = main; COMMIT; SHOW search_path", "main", ""}, step{"SET search_path = shop", "", ""},
		// a transaction that failed, and one that fails as it is committed
		step{"BEGIN; SET search_path = main; SELECT nothing", "", "42703"}, step{"COMMIT; SHOW search_path", "shop", ""},
		// what a message is by itself, and its part before BEGIN
		step{"SET search_path = main; SELECT nothing", "", "42703"}, step{"SHOW search_path", "shop", ""},
		step{"SET search_path = main; BEGIN; ROLLBACK; SHOW search_path", "shop", ""},
		step{"SET search_path = main; BEGIN; COMMIT; SELECT nothing", "", "42703"}, step{"SHOW search_path", "main", ""},
		// for the transaction alone, and then for longer; and the other way round
		step{"BEGIN; SET LOCAL search_path = shop; SET search_path = shop, main; COMMIT; SHOW search_path", "shop, main", ""},
		step{"BEGIN; SET search_path = main; SET LOCAL search_path = shop; SHOW search_path", "shop", ""}, step{"COMMIT; SHOW search_path", "main", ""},
		step{"BEGIN; SET search_path = shop; SET LOCAL search_path = main; ROLLBACK; SHOW search_path", "main", ""},
		// what changes how values are shown
		step{"BEGIN; SET timezone = 'Europe/Berlin'; ROLLBACK; SELECT TIMESTAMPTZ '2020-07-01 00:00:00+00'", "2020-07-01 00:00:00+00", ""})
}

func TestSavepointsTakeBackSettings(t *testing.T) {
	take(t, newServer(t).connect(t),
		step{"BEGIN; SET timezone = 'CET'; SAVEPOINT a; SET timezone = 'EET'; SAVEPOINT b; SET timezone = 'MET'; ROLLBACK TO b; SHOW timezone", "EET", ""},
		step{"SET timezone = 'MET'; RELEASE b; SHOW timezone", "MET", ""}, step{"ROLLBACK TO a; SHOW timezone", "CET", ""},
		step{"SET LOCAL timezone = 'EET'; SAVEPOINT b; SET timezone = 'MET'; SELECT nothing", "", "42703"},
		step{"ROLLBACK TO b; SHOW timezone", "EET", ""}, step{"SET timezone = 'WET'; ROLLBACK TO b; SHOW timezone", "EET", ""},
		step{"RELEASE a; SHOW timezone", "EET", ""}, step{"COMMIT; SHOW timezone", "CET", ""},
		step{"BEGIN; SAVEPOINT a; SET timezone = 'EET'; SAVEPOINT b; SET timezone = 'MET'; RELEASE a; ROLLBACK; SHOW timezone", "CET", ""},
		step{"BEGIN; SAVEPOINT a; SET LOCAL timezone = 'EET'; RELEASE a; COMMIT; SHOW timezone", "CET", ""})
}

func TestSetConfigIsAnotherWayToWriteSet(t *testing.T) {
	c := newServer(t).connect(t)
	take(t, c, step{"SELECT set_config('search_path', 'shop', false); SHOW search_path", "shop\nshop", ""},
		step{"SELECT pg_catalog.set_config('TimeZone', upper('cet'), true) AS zone, set_config('my.own', 'a', FALSE)", "CET|a", ""}, step{"SHOW timezone", "UTC", ""}, step{"SHOW my.own", "a", ""},
		step{"BEGIN; SELECT set_config('search_path', 'main', false), set_config('timezone', 'CET', true); SHOW timezone", "main|CET\nCET", ""}, step{"ROLLBACK; SHOW search_path", "shop", ""},
		step{"BEGIN; SELECT set_config('search_path', 'main', true); COMMIT; SHOW search_path", "main\nshop", ""}, step{"SELECT set_config('search_path', NULL, NULL)", "main", ""},
		step{"SELECT set_config('nothing', 'x', false)", "", "42704"}, step{"SELECT set_config('all', NULL, false)", "", "42704"}, step{"SELECT set_config(NULL, 'x', false)", "", "22004"},
		step{"SELECT set_config('max_connections', '7', false)", "", "55P02"}, step{"SELECT set_config('role', 'other', false)", "", "42501"}, step{"SELECT set_config('timezone', 'nowhere', false)", "", "22023"})
	var app, zone string
	if err := c.QueryRow(t.Context(), "SELECT set_config('application_name', $1, false), set_config($2::text, 'CET', $3::bool)", "it's", "timezone", false).Scan(&app, &zone); err != nil || app != "it's" || zone != "CET" {
		t.Error(app, zone, err)
	}
	if app := c.PgConn().ParameterStatus("application_name"); app != "it's" {
		t.Error(app)
	}
}

func TestACommitThatFailsTakesSettingsBack(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	take(t, c, step{"BEGIN; SET search_path = shop; DELETE FROM main.orders WHERE id = 1", "", ""})
	take(t, s.connect(t), step{"DELETE FROM orders WHERE id = 1", "", ""})
	take(t, c, step{"COMMIT", "", "40001"}, step{"SHOW search_path", "main", ""})
}

// What a transaction may do is its own: nothing that is set or reset in it makes
// one that only reads write.
func TestRollbackChangesNeitherWhoAsksNorWhatMayBeDone(t *testing.T) {
	s := newServer(t)
	who := step{"SELECT current_user, session_user, current_setting('max_connections')", "anna|anna|1000", ""}
	take(t, s.connect(t), who, step{"BEGIN; SET ROLE anna; SET ROLE other", "", "42501"}, step{"ROLLBACK", "", ""}, who,
		step{"BEGIN; SET SESSION AUTHORIZATION anna; SET max_connections = 7", "", "55P02"}, step{"ROLLBACK; SHOW role", "none", ""}, who,
		step{"BEGIN READ ONLY; RESET ALL; DELETE FROM orders", "", "25006"}, step{"ROLLBACK", "", ""},
		step{"BEGIN READ ONLY; SAVEPOINT a; SET timezone = 'CET'; ROLLBACK TO a; DELETE FROM orders", "", "25006"}, step{"ROLLBACK", "", ""},
		step{"SET default_transaction_read_only = on", "", ""},
		step{"BEGIN; SET default_transaction_read_only = off; ROLLBACK; DELETE FROM orders", "", "25006"},
		step{"BEGIN READ WRITE; DELETE FROM orders; ROLLBACK; SELECT count(*) FROM orders", "40", ""})
}

// Clients believe what they were told last.
func TestClientsAreToldOfWhatIsTakenBack(t *testing.T) {
	c := newServer(t).connect(t, "application_name=first")
	for _, step := range []struct{ sql, zone, app string }{
		{"BEGIN; SET timezone = 'CET'; SET application_name = 'second'", "CET", "second"}, {"SAVEPOINT a; SET timezone = 'EET'", "EET", "second"},
		{"ROLLBACK TO a", "CET", "second"}, {"SET timezone = 'MET'", "MET", "second"}, {"SELECT nothing", "CET", "second"}, {"COMMIT", "UTC", "first"},
		{"SET timezone = 'CET'; SELECT nothing", "UTC", "first"}, {"BEGIN; SET LOCAL timezone = 'CET'", "CET", "first"}, {"SELECT nothing", "UTC", "first"}, {"ROLLBACK", "UTC", "first"},
	} {
		_, _ = c.PgConn().Exec(t.Context(), step.sql).ReadAll() // some fail
		if zone, app := c.PgConn().ParameterStatus("TimeZone"), c.PgConn().ParameterStatus("application_name"); zone != step.zone || app != step.app {
			t.Errorf("%s: the client believes in %q and %q", step.sql, zone, app)
		}
	}
}

// Up to Sync messages are one transaction.
func TestAnErrorBeforeSyncTakesSettingsBack(t *testing.T) {
	_, f := newServer(t).dial(t)
	run := func(sql string) []pgproto3.FrontendMessage {
		return []pgproto3.FrontendMessage{&pgproto3.Parse{Query: sql}, &pgproto3.Bind{}, &pgproto3.Execute{}}
	}
	failing := append(append(run("SET search_path = shop"), run("SELECT nothing")...), &pgproto3.Sync{})
	if got := talk(t, f, failing...); got != "12C(SET)12E(42703)Z" {
		t.Error(got)
	}
	if got := talk(t, f, &pgproto3.Query{String: "SELECT count(*) FROM prices"}); got != "E(42P01)Z" {
		t.Error(got)
	}
	if got := talk(t, f, append(run("SET search_path = shop"), &pgproto3.Sync{})...); got != "12C(SET)Z" {
		t.Error(got)
	}
	if got := talk(t, f, &pgproto3.Query{String: "SELECT count(*) FROM prices"}); got != "TDC(SELECT 1)Z" {
		t.Error(got)
	}
}
