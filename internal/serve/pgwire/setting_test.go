//go:build duckdb_arrow

package pgwire_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

func TestSettingsAreReadAsPostgreSQLReadsThem(t *testing.T) {
	take(t, newServer(t).connect(t),
		step{"SET TIME ZONE UTC; SHOW timezone", "UTC", ""}, step{"SET timezone = 'utc'; SHOW timezone", "UTC", ""},
		step{"SET timezone TO 'europe/berlin'; SHOW timezone; SELECT TIMESTAMPTZ '2020-07-01 00:00:00+00'", "Europe/Berlin\n2020-07-01 02:00:00+02", ""},
		step{"SET timezone TO 'america/new_york'; SHOW timezone", "America/New_York", ""}, step{"SET timezone TO cet; SHOW timezone", "CET", ""},
		step{"SET TIME ZONE LOCAL; SHOW timezone", "UTC", ""}, step{"SET TIME ZONE -7; SELECT TIMESTAMPTZ '2020-07-01 00:00:00+00'", "2020-06-30 17:00:00-07", ""},
		step{"SET timezone = 'nowhere/at_all'", "", "22023"}, step{"SET timezone = ''", "", "22023"},
		step{`SET application_name = E'a\tb\'c\x41'; SHOW application_name`, "a\tb'cA", ""},
		// A client of a machine without a locale asks for this.
		step{"SET client_encoding = 'SQL_ASCII'; SHOW client_encoding", "UTF8", ""})
}

func TestSetLocalIsForOneTransaction(t *testing.T) {
	take(t, newServer(t).connect(t), step{"SET search_path = shop", "", ""},
		step{"SET LOCAL search_path = main", "", ""}, step{"SHOW search_path", "shop", ""},
		step{"SET LOCAL search_path = main; SHOW search_path", "main", ""}, step{"SHOW search_path", "shop", ""},
		step{"BEGIN; SET LOCAL search_path = main", "", ""}, step{"SHOW search_path", "main", ""}, step{"COMMIT; SHOW search_path", "shop", ""})
}

// Pools of connections believe what they were told of a session last.
func TestDiscardAllTellsWhatSettingsAreAgain(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	take(t, c, step{"SET timezone = 'Europe/Berlin'", "", ""}, step{"SET application_name = 'one'", "", ""}, step{"DISCARD ALL", "", ""})
	if zone, app := c.PgConn().ParameterStatus("TimeZone"), c.PgConn().ParameterStatus("application_name"); zone != "UTC" || app != "" {
		t.Errorf("the client believes in %q and %q", zone, app)
	}
}

func TestASilentClientIsSentAway(t *testing.T) {
	s := newServer(t)
	for setting, want := range map[string]string{"idle_session_timeout": "E(57P05)", "idle_in_transaction_session_timeout": "E(25P03)"} {
		_, f := s.dial(t)
		if got := talk(t, f, &pgproto3.Query{String: "SET " + setting + " = 50"}, &pgproto3.Query{String: "SELECT 1"}); got != "C(SET)Z" {
			t.Fatal(got)
		}
		until(t, f, "Z")
		if setting == "idle_in_transaction_session_timeout" {
			talk(t, f, &pgproto3.Query{String: "BEGIN"})
		}
		if got := until(t, f, "E"); got != want {
			t.Errorf("%s: %s", setting, got)
		}
	}
}
