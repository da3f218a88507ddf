//go:build duckdb_arrow

package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
)

func TestStatementsChangeTables(t *testing.T) {
	s := newServer(t)
	count := sql("SELECT count(*) AS n, sum(amount) AS a FROM orders")
	s.want(sql("UPDATE orders SET amount = 0 WHERE region = 'EU'"), 200, `"state":"done"`, `"changed":[{"what":"UPDATE","rows":20}]`, `!"data"`)
	s.want(count, 200, `"data":[[40,4000.00]]`)
	s.want(sql("DELETE FROM orders WHERE id >= $1 AND day < $2", `,"parameters":[30,"2012-01-05"]`), 200, `"what":"DELETE","rows":5`)
	s.want(sql("CREATE TABLE big AS SELECT * FROM orders WHERE id < 10; INSERT INTO big SELECT * FROM orders WHERE id = 10; COMMENT ON TABLE big IS 'x'"), 200,
		`"changed":[{"what":"CREATE TABLE AS","rows":10},{"what":"INSERT","rows":1},{"what":"COMMENT"}]`)
	s.want(sql("SELECT count(*) AS n FROM big"), 200, `"data":[[11]]`)
}

func TestATextIsOneTransaction(t *testing.T) {
	s := newServer(t)
	s.want(sql("DELETE FROM orders WHERE id = 1; INSERT INTO orders SELECT nothing"), 422, `"code":"sql"`)
	s.want(sql("DELETE FROM orders WHERE id = 1; SELECT 1"), 422, `"code":"several-statements"`, `"column":`)
	s.want(sql("BEGIN; DELETE FROM orders WHERE id = 1; COMMIT"), 422)
	s.want(sql("SELECT count(*) AS n FROM orders"), 200, `"data":[[40]]`)
}

func TestChangesAreForWhoMayAndHasAToken(t *testing.T) {
	s := newServer(t)
	s.as("anna").want(sql("DELETE FROM orders"), 403, `"code":"denied"`)
	s.as("otto").want(sql("DELETE FROM orders"), 422, `"code":"unknown-table"`)
	if err := s.known.Grant(t.Context(), "anna", identity.Owner, identity.User); err != nil {
		t.Fatal(err)
	}
	_, token, err := s.known.CreateToken(t.Context(), identity.NewToken{Principal: "anna", Name: "x", Scopes: []identity.Scope{identity.Read}})
	if err != nil {
		t.Fatal(err)
	}
	s.with("Authorization", "Bearer "+token.Reveal()).want(sql("DELETE FROM orders"), 403, `"code":"missing-scope"`)
	s.want(sql("SELECT count(*) AS n FROM orders"), 200, `"data":[[40]]`)
}

func TestAChangeHasNoRows(t *testing.T) {
	s := newServer(t)
	s.want(sql("DELETE FROM orders", `,"format":"csv"`), 422, `"code":"no-rows"`)
	a := s.want(sql("DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE id < 5)", `,"wait":0`), 202)
	path := a.Header.Get("Location")
	s.eventually("GET "+path, `"state":"done"`)
	s.want("GET "+path, 200, `"changed":[{"what":"DELETE","rows":5}]`)
	s.want("GET "+path+"/results", 422, `"code":"no-rows"`)
	s.want("DELETE "+path, 204)
}

func TestARequestThatIsSentAgainChangesNothing(t *testing.T) {
	s := newServer(t)
	add := sql("INSERT INTO orders SELECT 100, 1.5, 'EU', DATE '2012-02-01'")
	once := s.with("Idempotency-Key", "add-one")
	for range 3 {
		once.want(add, 200, `"changed":[{"what":"INSERT","rows":1}]`)
	}
	s.want(sql("SELECT count(*) AS n FROM orders"), 200, `"data":[[41]]`)
	once.want(sql("DELETE FROM orders"), 422, `"code":"bad-key"`)
	s.with("Idempotency-Key", strings.Repeat("k", 256)).want(add, 422)
	s.with("Idempotency-Key", "another").want(add, 200)
	s.want(add, 200)
	s.want(sql("SELECT count(*) AS n FROM orders"), 200, `"data":[[43]]`)
	// What failed may be tried again under the same key.
	failing := s.with("Idempotency-Key", "later")
	failing.want(sql("INSERT INTO later VALUES (1)"), 422, `"code":"unknown-table"`)
	s.want(sql("CREATE TABLE later (id INTEGER)"), 200)
	failing.want(sql("INSERT INTO later VALUES (1)"), 200)
	// What changes no row is remembered, too.
	none := s.with("Idempotency-Key", "none")
	none.want(sql("DELETE FROM later WHERE id = 7"), 200, `"rows":0`)
	s.want(sql("INSERT INTO later VALUES (7)"), 200)
	none.want(sql("DELETE FROM later WHERE id = 7"), 200, `"rows":0`)
	s.want(sql("SELECT count(*) AS n FROM later"), 200, `"data":[[2]]`)
}

func TestRequestsSentAtOnceChangeTablesOnce(t *testing.T) {
	s := newServer(t)
	add := sql("INSERT INTO orders SELECT 100, 1.5, 'EU', DATE '2012-02-01'")
	once := s.with("Idempotency-Key", "add-one")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { once.want(add, 200, `"changed":[{"what":"INSERT","rows":1}]`) })
	}
	all.Wait()
	s.want(sql("SELECT count(*) AS n FROM orders"), 200, `"data":[[41]]`)
}

// recorded serves with a record, and returns what is on it in the end, oldest first.
func recorded(t *testing.T) (*server, func() []audit.Record) {
	t.Helper()
	db := metadbtest.Open(t, t.TempDir(), "record.db")
	log, err := audit.Open(t.Context(), audit.Options{State: db, Process: "p1", Live: func(string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, func(o *httpapi.Options) { o.Record = log.Submit }), func() []audit.Record {
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		found, err := audit.List(t.Context(), db, audit.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(found)
		return found
	}
}

func TestChangesAreOnRecord(t *testing.T) {
	s, record := recorded(t)
	s.want(sql("DELETE FROM orders WHERE id < 3; CREATE TABLE more (id INTEGER)"), 200)
	s.want(sql("DELETE FROM nothing"), 422)
	found := record()
	if len(found) != 2 {
		t.Fatalf("on record: %+v", found)
	}
	done, failed := found[0], found[1]
	if strings.Join(done.Changed, " ") != "main.more main.orders" || done.Rows != 3 || done.Outcome.Code != "" || failed.Outcome.Code != "unknown-table" {
		t.Errorf("on record: %+v, %+v", done, failed)
	}
}

func TestSamplesAndWhatIsRefusedAreOnRecord(t *testing.T) {
	s, record := recorded(t)
	s.as("anna").want("GET /api/v1/tables/main/orders/sample?limit=2", 200)
	s.as("otto").want("GET /api/v1/tables/main/orders/sample", 404)
	s.as("otto").want(sql("SELECT amount FROM orders WHERE id = $1", `,"parameters":[1]`), 422)
	s.want(sql("SELECT $1 + 1", `,"parameters":[[1]]`), 422)
	s.want(sql("DELETE FROM orders", `,"format":"csv"`), 422)
	var got []string
	for _, r := range record() {
		got = append(got, fmt.Sprintf("%s %s %d %s %s %s", r.Principal, r.State, r.Rows, r.Tables, r.Outcome.Code, r.SQL))
	}
	want := []string{
		`user:anna finished 2 [main.orders]  SELECT * FROM "main"."orders" LIMIT 2`,
		`user:otto failed 0 [] unknown-table SELECT * FROM "main"."orders" LIMIT 20`,
		`user:otto failed 0 [] unknown-table SELECT amount FROM orders WHERE id = $1`,
		`local:somebody failed 0 [] parameter SELECT $1 + 1`,
		`local:somebody failed 0 [] no-rows DELETE FROM orders`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
