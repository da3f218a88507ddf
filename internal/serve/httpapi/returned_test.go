//go:build duckdb_arrow

package httpapi_test

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
)

const count = "SELECT count(*) AS n FROM orders"

func TestStatementsReturnRows(t *testing.T) {
	s := newServer(t)
	s.want(sql("DELETE FROM orders WHERE id < 2 RETURNING id, amount, day"), 200,
		`"changed":[{"what":"DELETE","rows":2,"columns":[{"name":"id","type":"BIGINT"},{"name":"amount","type":"DECIMAL(9,2)"},{"name":"day","type":"DATE"}],"data":[[0,0.00,"2011-12-01"],[1,10.00,"2011-12-02"]]}]`)
	s.want(sql("CREATE TABLE more AS SELECT 1 AS id; UPDATE orders SET region = $1 WHERE id = -1 RETURNING id; INSERT INTO more VALUES (7) RETURNING id + 1 AS next"), 422, `parameter`)
	s.want(sql("CREATE TABLE more AS SELECT 1 AS id; UPDATE orders SET region = 'x' WHERE id = -1 RETURNING id; INSERT INTO more VALUES (7) RETURNING id + 1 AS next"), 200,
		`[{"what":"CREATE TABLE AS","rows":1},{"what":"UPDATE","rows":0,"columns":[{"name":"id","type":"BIGINT"}],"data":[]},{"what":"INSERT","rows":1,"columns":[{"name":"next","type":"INTEGER"}],"data":[[8]]}]`)
	s.want(sql("UPDATE orders SET region = $1 WHERE id = $2 RETURNING region || $3 AS r, TIMETZ '01:02:03+00' AS at", `,"parameters":["z",5,"!"]`), 200, `"data":[["z!","01:02:03+00"]]`)
	s.want(sql("DELETE FROM orders RETURNING error('not this')"), 422, `not this`)
	s.want(sql(count), 200, `"data":[[38]]`)
}

// Too many rows are refused before anything is changed, or a key is used up.
func TestRowsThatAreReturnedHaveALimit(t *testing.T) {
	s := newServer(t, func(o *httpapi.Options) { o.Limits.Returned = 1000 })
	once := s.with("Idempotency-Key", "k")
	many := sql("INSERT INTO orders (id) SELECT 1 RETURNING id; DELETE FROM orders RETURNING *")
	for range 2 {
		once.want(many, 422, `"code":"result-too-large"`, `nothing was changed`)
	}
	s.want(sql(count), 200, `"data":[[40]]`)
	s.want(sql("DELETE FROM orders RETURNING id"), 200, `"rows":40`)
	// The limit is one for all statements of a request.
	s.want(sql("CREATE TABLE a AS SELECT 1 AS n"), 200)
	s.want(sql("UPDATE a SET n = 2 RETURNING repeat('x', 600); UPDATE a SET n = 3 RETURNING repeat('x', 600)"), 422, `"code":"result-too-large"`)
	s.want(sql("UPDATE a SET n = 2 RETURNING repeat('x', 600); UPDATE a SET n = 3 RETURNING n"), 200)
	s.want(sql("SELECT n FROM a"), 200, `"data":[[3]]`)
}

func TestRowsAreReturnedAgain(t *testing.T) {
	s := newServer(t)
	once := s.with("Idempotency-Key", "k")
	add := sql("INSERT INTO orders (id, amount) SELECT id + 100, random() FROM orders WHERE id < 3 RETURNING id, amount")
	first := told[httpapi.Query](t, once.want(add, 200, `"rows":3`))
	again := told[httpapi.Query](t, once.want(add, 200))
	if len(first.Changed[0].Data) != 3 || len(again.Changed[0].Data) != 3 {
		t.Fatal(first.Changed, again.Changed)
	}
	for i, row := range first.Changed[0].Data {
		if string(again.Changed[0].Data[i]) != string(row) {
			t.Errorf("again: %s, first: %s", again.Changed[0].Data[i], row)
		}
	}
	s.want(sql(count), 200, `"data":[[43]]`)
	a := s.want(sql("DELETE FROM orders WHERE id = 100 RETURNING id", `,"wait":0`), 202)
	path := a.Header.Get("Location")
	s.eventually("GET "+path, `"data":[[100]]`)
	s.want("GET /api/v1/queries", 200, `!"data"`, `"withheld":`)
	s.want("GET "+path+"/results", 422, `"code":"no-rows"`)
}

// What was returned is told again to who may still read it: all of what the
// statement has read, not only the table that it has changed.
func TestRowsAreReturnedAgainToWhoMayReadThem(t *testing.T) {
	s := newServer(t)
	if err := s.known.Grant(t.Context(), "anna", identity.Owner, identity.User); err != nil {
		t.Fatal(err)
	}
	anna := s.as("anna").with("Idempotency-Key", "k")
	anna.want(sql("CREATE TABLE mine AS SELECT 0::BIGINT AS id"), 200)
	copied := sql("UPDATE mine SET id = (SELECT max(id) FROM orders) RETURNING id")
	anna = s.as("anna").with("Idempotency-Key", "copied")
	anna.want(copied, 200, `"data":[[39]]`)
	anna.want(copied, 200, `"data":[[39]]`)
	a := s.as("anna").want(sql("UPDATE mine SET id = id RETURNING id", `,"wait":0`), 202)
	s.as("anna").eventually("GET "+a.Header.Get("Location"), `"data":[[39]]`)
	if err := s.known.Withdraw(t.Context(), "anna", identity.Owner, identity.User); err != nil {
		t.Fatal(err)
	}
	s.as("anna").want("GET "+a.Header.Get("Location"), 200, `"data":[[39]]`) // a reader may
	if err := s.known.Withdraw(t.Context(), "anna", identity.Reader, identity.User); err != nil {
		t.Fatal(err)
	}
	s.as("anna").want("GET "+a.Header.Get("Location"), 200, `"what":"UPDATE","rows":1`, `"withheld":`, `!"data"`, `!"columns"`)
	s.as("anna").with("Idempotency-Key", "copied").want(copied, 200, `"what":"UPDATE","rows":1`, `"withheld":`, `!"data"`)
}

// What was noted before notes had rows is found all the same.
func TestNotesOfEarlierVersionsAreRead(t *testing.T) {
	s := newServer(t)
	once := s.with("Idempotency-Key", "k")
	once.want(sql("DELETE FROM orders WHERE id = 1"), 200)
	err := s.DB().Update(t.Context(), func(tx metadb.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE http_reply SET body = '[{"what":"DELETE","rows":7}]'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	once.want(sql("DELETE FROM orders WHERE id = 1"), 200, `"changed":[{"what":"DELETE","rows":7}]`)
}
