//go:build duckdb_arrow

package pgwire_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

func TestSelectIntoMakesATable(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	take(t, c,
		step{"SELECT id, region INTO few FROM orders WHERE id < 3", "", ""}, step{"SELECT * FROM few ORDER BY id", "0|EU\n1|US\n2|EU", ""},
		step{"SELECT 1 AS one INTO few", "", "42P07"}, step{"SELECT 1 AS one INTO TABLE shop.\"Odd one\"; SELECT one FROM shop.\"Odd one\"", "1", ""},
		step{"WITH c AS (SELECT 7 AS id) SELECT id, {'into': id} AS part INTO made -- where it goes\nFROM c UNION ALL SELECT 8, NULL", "", ""}, step{"SELECT max(id), count(part) FROM made", "8|1", ""},
		step{"SET search_path = shop; SELECT price INTO cheap FROM prices; SELECT * FROM shop.cheap", "1.5", ""}, step{"RESET search_path", "", ""},
		step{"BEGIN; SELECT * INTO gone FROM orders; SELECT count(*) FROM gone", "40", ""}, step{"ROLLBACK; SELECT * FROM gone", "", "42P01"},
		step{"SELECT id INTO TEMP mine FROM orders; SELECT count(*) FROM mine", "40", ""}, step{"SELECT 1 AS a INTO TEMPORARY TABLE mine", "", "42P07"},
		step{"PREPARE p AS SELECT id INTO prepared FROM orders WHERE id > $1; EXECUTE p(36); SELECT count(*) FROM prepared", "3", ""},
		step{"SELECT id INTO wrong FROM nowhere", "", "42P01"}, step{"SELECT * FROM wrong", "", "42P01"},
		step{"BEGIN READ ONLY; SELECT 1 AS a INTO other", "", "25006"}, step{"ROLLBACK", "", ""}, step{"BEGIN; DECLARE d CURSOR FOR SELECT 1 AS a INTO other", "", "42601"}, step{"ROLLBACK", "", ""},
		step{"SELECT 1 AS a INTO system.other", "", "42501"}, step{"SELECT id INTO FROM orders", "", "42601"}, step{"SELECT id INTO one, two FROM orders", "", "42601"}, step{"(SELECT id INTO other FROM orders)", "", "42601"})
	take(t, s.connect(t), step{"SELECT count(*) FROM few", "3", ""}, step{"SELECT * FROM mine", "", "42P01"})
	for _, sql := range []string{"SELECT id FROM orders INTO other", "SELECT 1 UNION SELECT 2 INTO other", "SELECT (SELECT 1 INTO other)", "CREATE TABLE x AS SELECT 1 AS a INTO other"} {
		if _, err := rows(t, c, sql); code(err) == "" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if got, err := rows(t, c, "SELECT count(*) FROM information_schema.tables WHERE table_name IN ('other', 'x')"); err != nil || got != "0" {
		t.Error(got, err)
	}
}

func TestClientsAreToldOfSelectIntoAsPostgreSQLTells(t *testing.T) {
	s := newServer(t)
	_, f := s.dial(t)
	for _, step := range []struct {
		messages []pgproto3.FrontendMessage
		want     string
	}{
		{[]pgproto3.FrontendMessage{&pgproto3.Query{String: "SELECT id INTO a FROM orders"}}, "C(SELECT 40)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Parse{Query: "SELECT id, $1 AS note INTO b FROM orders WHERE id < $2", ParameterOIDs: []uint32{25}}, &pgproto3.Describe{ObjectType: 'S'},
			&pgproto3.Bind{Parameters: [][]byte{[]byte("x"), []byte("5")}}, &pgproto3.Execute{}, &pgproto3.Sync{}}, "1t[25 20]n2C(SELECT 5)Z"},
	} {
		if got := talk(t, f, step.messages...); got != step.want {
			t.Errorf("%s, not %s", got, step.want)
		}
	}
	c := s.connect(t)
	take(t, c, step{"SELECT count(*), min(note) FROM b", "5|x", ""})
	var said *pgconn.PgError
	const sql = "SELECT id\nINTO \"größe\" FROM orders WHERE nothing"
	if _, err := c.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); !errors.As(err, &said) || said.Position != 42 {
		t.Error(told(err))
	}
}

// What may not be made by CREATE TABLE AS may not be made so, nor from what may not
// be read.
func TestSelectIntoAsksForTheSameRights(t *testing.T) {
	g := newGoverned(t)
	for _, c := range []struct{ who, from, into string }{
		{"bob", "SELECT 1 AS a", "shop.fresh"}, {"bob", "SELECT text FROM secret.plans", "shop.fresh"}, {"cat", "SELECT text FROM mine.notes", "shop.fresh"},
		{"cat", "SELECT * FROM shop.people", "mine.fresh"}, {"cat", "SELECT * FROM shop.people", "TEMP fresh"}, {"cat", "SELECT * FROM secret.plans", "mine.fresh"}, {"cat", "SELECT text FROM mine.notes", "mine.notes"},
		{"none", "SELECT 1 AS a", "secret.fresh"}, {"none", "SELECT 1 AS a", "secret.plans"}, {"cat", "SELECT text FROM mine.notes", "mine.fresh"},
	} {
		client := g.connect(t, c.who)
		list, source, _ := strings.Cut(c.from, " FROM ")
		from := ""
		if source != "" {
			from = " FROM " + source
		}
		create := "TABLE " + c.into
		if name, temp := strings.CutPrefix(c.into, "TEMP "); temp {
			create = "TEMP TABLE " + name
		}
		ask := func(sql string) string {
			_, err := rows(t, client, "BEGIN; "+sql)
			_, _ = rows(t, client, "ROLLBACK")
			said, _, _ := strings.Cut(told(err), "|||") // the places are others
			return said
		}
		if so, as := ask(list+" INTO "+c.into+from), ask("CREATE "+create+" AS "+c.from); so != as || (as == "<nil>") != (c.from == "SELECT text FROM mine.notes" && c.into == "mine.fresh") {
			t.Errorf("%s %s INTO %s: %s\nnot %s", c.who, c.from, c.into, so, as)
		}
	}
}
