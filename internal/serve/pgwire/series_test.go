//go:build duckdb_arrow

package pgwire_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// After an error a series of messages is dropped up to its Sync, whatever they are.
func TestNothingRunsBetweenAnErrorAndSync(t *testing.T) {
	s := newServer(t)
	_, f := s.dial(t)
	got := talk(t, f, &pgproto3.Parse{Query: "SELECT nothing FROM orders"}, &pgproto3.Bind{}, &pgproto3.Execute{}, &pgproto3.Query{String: "CREATE TABLE made AS SELECT 1 AS a"},
		&pgproto3.FunctionCall{}, &pgproto3.Sync{})
	if got != "12E(42703)Z" {
		t.Error(got)
	}
	take(t, s.connect(t), step{"SELECT * FROM made", "", "42P01"})
}

func TestStatementsAboutOthersHaveTheirParameters(t *testing.T) {
	_, f := newServer(t).dial(t)
	with := func(sql string, given ...uint32) []pgproto3.FrontendMessage {
		return []pgproto3.FrontendMessage{&pgproto3.Parse{Query: sql, ParameterOIDs: given}, &pgproto3.Describe{ObjectType: 'S'},
			&pgproto3.Bind{Parameters: [][]byte{[]byte("38")}}, &pgproto3.Execute{}, &pgproto3.Sync{}}
	}
	talk(t, f, &pgproto3.Query{String: "BEGIN"})
	for _, one := range []struct {
		messages []pgproto3.FrontendMessage
		want     string
	}{
		{with("DECLARE c CURSOR FOR SELECT id FROM orders WHERE id >= $1"), "1t[20]n2C(DECLARE CURSOR)Z"},
		{[]pgproto3.FrontendMessage{&pgproto3.Query{String: "FETCH ALL FROM c"}}, "TDDC(FETCH 2)Z"},
		{with("DECLARE d CURSOR FOR SELECT id FROM orders WHERE id >= $1", 23), "1t[23]n2C(DECLARE CURSOR)Z"},
		{with("EXPLAIN SELECT id FROM orders WHERE id >= $1"), "1t[20]T2DC(EXPLAIN)Z"},
		{with("EXPLAIN ANALYZE SELECT id FROM orders WHERE id >= $1 ORDER BY id LIMIT 0"), ""},
	} {
		if got := talk(t, f, one.messages...); got != one.want && one.want != "" || one.want == "" && got[len(got)-len("DC(EXPLAIN)Z"):] != "DC(EXPLAIN)Z" {
			t.Errorf("%s, not %s", got, one.want)
		}
	}
}

// A client may say the types of the first parameters alone.
func TestTypesMayBeGivenOfSomeParameters(t *testing.T) {
	_, f := newServer(t).dial(t)
	got := talk(t, f, &pgproto3.Parse{Name: "a", Query: "SELECT id FROM orders WHERE id >= $1 AND region = $2", ParameterOIDs: []uint32{23}}, &pgproto3.Describe{ObjectType: 'S', Name: "a"},
		&pgproto3.Bind{PreparedStatement: "a", Parameters: [][]byte{[]byte("38"), []byte("EU")}}, &pgproto3.Execute{}, &pgproto3.Sync{})
	if got != "1t[23 25]T2DC(SELECT 1)Z" {
		t.Error(got)
	}
}

func TestAViewHasNoParameters(t *testing.T) {
	s := newServer(t)
	_, f := s.dial(t)
	if got := talk(t, f, &pgproto3.Parse{Query: "CREATE VIEW made AS SELECT $1 AS a", ParameterOIDs: []uint32{25}}, &pgproto3.Bind{Parameters: [][]byte{[]byte("x")}}, &pgproto3.Execute{}, &pgproto3.Sync{}); !strings.Contains(got, "E(42P02)") {
		t.Error(got)
	}
	take(t, s.connect(t), step{"SELECT * FROM made", "", "42P01"})
}

func TestACursorIsForAQuery(t *testing.T) {
	take(t, newServer(t).connect(t), step{"BEGIN; DECLARE c CURSOR FOR INSERT INTO shop.prices VALUES (7) RETURNING price", "", "42601"},
		step{"ROLLBACK; BEGIN; DECLARE c CURSOR FOR", "", "42601"}, step{"ROLLBACK", "", ""})
}

// Java writes large numbers with an exponent.
func TestANumberWithAnExponentKeepsItsDigits(t *testing.T) {
	_, f := newServer(t).dial(t)
	if got := talk(t, f, &pgproto3.Parse{Query: "SELECT id FROM orders WHERE id = 1 AND CAST($1 AS VARCHAR) = '1000000000000000000000000000000'", ParameterOIDs: []uint32{1700}},
		&pgproto3.Bind{Parameters: [][]byte{[]byte("1E+30")}}, &pgproto3.Execute{}, &pgproto3.Sync{}); got != "12DC(SELECT 1)Z" {
		t.Error(got)
	}
}
