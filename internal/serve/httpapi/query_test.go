//go:build duckdb_arrow

package httpapi_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
)

func TestQueriesAreForThoseWhoAreLetInAndMayRead(t *testing.T) {
	s := newServer(t)
	ask := sql("SELECT sum(id) AS s FROM orders")
	s.want(ask, 200, `"data":[[780]]`, `"state":"done"`, `"columns":[{"name":"s","type":"HUGEINT"}]`)
	s.as("anna").want(ask, 200, `"data":[[780]]`)
	s.as("otto").want(ask, 422, `"code":"unknown-table"`)
	a := s.as("").want(ask, 401, `"code":"not-let-in"`)
	if got := a.Header.Get("WWW-Authenticate"); !strings.Contains(got, "Bearer") || !strings.Contains(got, "Basic") {
		t.Errorf("who is kept out is told to log in with %q", got)
	}
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a problem comes as %q", got)
	}
	s.with("Authorization", "Bearer wrong").want(ask, 401)
	s.with("Authorization", "Basic YW5uYTp3cm9uZw==").want(ask, 401)
	s.want("GET /api/v1/nothing", 404, `"code":"unknown-endpoint"`)
	s.as("").want("GET /api/v1/nothing", 401)
}

func TestALoginEndsWithThePassword(t *testing.T) {
	s := newServer(t)
	anna := s.as("anna")
	anna.want(sql("SELECT 1"), 200)
	anna.want(sql("SELECT 1"), 200)
	if err := s.known.SetPassword(t.Context(), "anna", secret.New("another password")); err != nil {
		t.Fatal(err)
	}
	anna.want(sql("SELECT 1"), 401)
}

func TestATokenMustBeForReading(t *testing.T) {
	s := newServer(t)
	_, token, err := s.known.CreateToken(t.Context(), identity.NewToken{Principal: "anna", Name: "x", Scopes: []identity.Scope{identity.Write}})
	if err != nil {
		t.Fatal(err)
	}
	s.with("Authorization", "Bearer "+token.Reveal()).want("GET /api/v1/queries", 403, `"code":"missing-scope"`)
}

func TestErrorsHaveCodePlaceAndHint(t *testing.T) {
	s := newServer(t)
	for request, want := range map[string][]string{
		sql("SELECT 1,\n  nothing FROM orders"):              {`"status":422`, `"code":"sql"`, `"place":{"file":"sql","line":2,"column":3}`},
		sql("SELECT * FROM order"):                           {`"code":"syntax"`},
		sql("SELECT * FROM ordres"):                          {`"code":"unknown-table"`},
		sql("ATTACH 'x.db'"):                                 {`"code":"statement-refused"`},
		sql("SELECT 'x'::INT FROM orders"):                   {`"code":"conversion"`},
		sql("SELECT read_text('/etc/passwd')"):               {`"status":403`, `"code":"function-refused"`, `!root:`},
		sql("SELECT 1", `,"wait":99`):                        {`"code":"bad-request"`, `"location":"body.wait"`, `!99`},
		sql("SELECT 1", `,"nothing":1`):                      {`"code":"bad-request"`, `"location":"body.nothing"`},
		sql("SELECT 1", `,"format":"xls"`):                   {`"code":"bad-request"`},
		sql("SELECT $1", `,"parameters":[[1]]`):              {`"code":"parameter"`, `$1 is a list`},
		sql("SELECT $2", `,"parameters":[1]`):                {`"code":"parameter"`},
		`POST /api/v1/queries {`:                             {`"status":400`},
		`GET /api/v1/queries/none`:                           {`"status":404`, `"code":"unknown-query"`},
		`GET /api/v1/queries/none/results`:                   {`"status":404`},
		`DELETE /api/v1/queries/none`:                        {`"status":404`},
		`GET /api/v1/queries?nothing=1`:                      {`"status":422`, `query.nothing`},
		sql(strings.Repeat("x", 5<<20)):                      {`"status":413`},
		sql("SELECT 1 FROM orders", `,"format":"csv"`) + " ": {`!problem`},
	} {
		a, err := s.send(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			without, not := strings.CutPrefix(text, "!")
			if bytes.Contains(a.body, []byte(without)) == not {
				t.Errorf("%.80s: looking for %s in %s", request, text, a.body)
			}
		}
	}
}

func TestParametersAreValuesAndNothingElse(t *testing.T) {
	s := newServer(t)
	s.want(sql("SELECT count(*) FROM orders WHERE region = $1 AND id > $2 AND day < $3", `,"parameters":["EU", 9, "2011-12-15"]`), 200, `"data":[[2]]`)
	s.want(sql("SELECT $1 AS a, $2::INT AS b, $3 AS c, $4 AS d", `,"parameters":["x' OR 1=1 --", null, true, 1.50]`), 200, `"data":[["x' OR 1=1 --",null,true,1.50]]`)
	s.want(sql("SELECT count(*) FROM orders WHERE day = $1", `,"parameters":["no day"]`), 422, `"code":"conversion"`)
}

func TestAResultComesInPagesAndWhole(t *testing.T) {
	s := newServer(t)
	first := told[httpapi.QueryAnswer](t, s.want(sql("SELECT range AS n FROM range(5000) ORDER BY 1", `,"limit":7`), 200))
	if len(first.Data) != 7 || first.Next == "" || first.Rows != 5000 {
		t.Fatalf("the first page has %d rows of %d, and then %q", len(first.Data), first.Rows, first.Next)
	}
	at, n := "/api/v1/queries/"+first.ID, len(first.Data)
	for cursor := first.Next; cursor != ""; {
		p := told[httpapi.Page](t, s.want("GET "+at+"/results?limit=999&cursor="+cursor, 200))
		if got, want := string(p.Data[0]), "["+itoa(n)+"]"; got != want {
			t.Fatalf("a page begins with %s, not %s", got, want)
		}
		n, cursor = n+len(p.Data), p.Next
	}
	if n != 5000 {
		t.Errorf("the pages have %d rows", n)
	}
	if got := s.with("Accept", "text/csv").want("GET "+at+"/results", 200).body; bytes.Count(got, []byte("\n")) != 5001 {
		t.Errorf("as CSV there are %d lines", bytes.Count(got, []byte("\n")))
	}
	s.want("GET "+at+"/results?cursor=x", 422, "bad-cursor")
	s.want("GET /api/v1/queries", 200, first.ID)
	s.want("DELETE "+at, 204)
	s.want("GET "+at, 404)
}

func TestRowsAreStreamedInTheFormatThatIsAskedFor(t *testing.T) {
	s := newServer(t)
	const query = "SELECT id, region, id AS id FROM orders WHERE id < 2 ORDER BY 1"
	s.want(sql(query, `,"format":"csv"`), 200, "id,region,id\n0,EU,0\n1,US,1\n")
	s.want(sql(query, `,"format":"ndjson"`), 200, `{"id":0,"region":"EU","id_1":0}`+"\n"+`{"id":1,"region":"US","id_1":1}`+"\n")
	s.with("Accept", "application/x-ndjson").want(sql(query), 200, `{"id":0,"region":"EU","id_1":0}`)
	s.with("Accept", "*/*").want(sql(query), 200, `"state":"done"`)

	a := s.want(sql("SELECT * FROM range(100000)", `,"format":"arrow"`), 200)
	r, err := ipc.NewReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	n := int64(0)
	for r.Next() {
		n += r.RecordBatch().NumRows()
	}
	if r.Err() != nil || n != 100000 {
		t.Errorf("Arrow has %d rows: %v", n, r.Err())
	}
	a = s.want(sql("SELECT * FROM range(300000)", `,"format":"parquet"`), 200)
	p, err := file.NewParquetReader(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if p.NumRows() != 300000 || p.NumRowGroups() != 3 {
		t.Errorf("Parquet has %d rows in %d groups", p.NumRows(), p.NumRowGroups())
	}
	if _, err := pqarrow.NewFileReader(p, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator); err != nil {
		t.Error(err)
	}
	s.want(sql("SELECT INTERVAL 1 DAY AS i", `,"format":"parquet"`), 422, `"code":"unsupported-type"`)
}

func TestValuesOfAllTypesComeWhole(t *testing.T) {
	s := newServer(t)
	s.want(sql(`SELECT 170141183460469231731687303715884105727::HUGEINT a, 'x'::ENUM('x','y') b, '12:00:00+02'::TIMETZ c, '101'::BIT d,
		'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID e, [1, NULL] f, {'a': 1} g, INTERVAL '1 day' h, NULL i, 'NaN'::DOUBLE j`), 200,
		`170141183460469231731687303715884105727,"x","12:00:00+02","101","a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",[1,null],{"a":1}`)
}

func TestAStreamThatFailsAfterItBeganIsCutOff(t *testing.T) {
	s := newServer(t)
	const late = "SELECT CASE WHEN range < 900000 THEN 1 ELSE ('x' || range)::INT END AS n FROM range(1000000)"
	for _, f := range []string{"csv", "ndjson", "arrow", "parquet"} {
		if a, err := s.send(t.Context(), sql(late, `,"format":"`+f+`"`)); err == nil && a.StatusCode == http.StatusOK {
			t.Errorf("%s: %d bytes came as if they were all", f, len(a.body))
		}
	}
	s.want(sql(late), 422, `"code":"conversion"`)
}

func TestALongQueryGoesOnAsAJobUntilItIsCancelled(t *testing.T) {
	s := newServer(t)
	a := s.want(sql(endless, `,"wait":0`), 202, `"state":"running"`)
	q := told[httpapi.Query](t, a)
	at := "/api/v1/queries/" + q.ID
	if a.Header.Get("Location") != at {
		t.Errorf("the job is at %q", a.Header.Get("Location"))
	}
	s.want("GET "+at, 200, `"state":"running"`)
	s.want("GET "+at+"/results", 409, `"code":"still-running"`)
	s.want("DELETE "+at, 204)
	s.want("GET "+at, 404)
}

func TestAJobIsForWhoMadeItAlone(t *testing.T) {
	s := newServer(t)
	q := told[httpapi.Query](t, s.as("anna").want(sql("SELECT range FROM range(5000) WHERE range >= (SELECT min(id) FROM orders)", `,"wait":0`), 202))
	at := "/api/v1/queries/" + q.ID
	s.as("anna").eventually("GET "+at, `"state":"done"`)
	for _, other := range []*server{s, s.as("otto")} {
		other.want("GET "+at, 404, "!5000")
		other.want("GET "+at+"/results", 404)
		other.want("DELETE "+at, 404)
		other.want("GET /api/v1/queries", 200, "!"+q.ID)
	}
	s.as("anna").want("GET "+at+"/results", 200, `[0]`)
	if err := s.known.Withdraw(t.Context(), "anna", identity.Reader, identity.User); err != nil {
		t.Fatal(err)
	}
	s.as("anna").want("GET "+at+"/results", 422, `"code":"unknown-table"`, "![0]")
}

func TestAClientThatGoesStopsItsQuery(t *testing.T) {
	s := newServer(t, limited(admission.Limits{User: admission.Limit{Running: 1}}))
	for _, more := range []string{`,"wait":60`, `,"wait":60`} {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := s.send(ctx, sql(endless, more))
			ended <- err
		}()
		s.eventually("GET /api/v1/queries", `"state":"running"`)
		stop()
		if err := <-ended; err == nil {
			t.Error("an endless query has ended")
		}
		s.eventually("GET /api/v1/queries", `"items":[]`)
	}
}

func TestJobsAreBounded(t *testing.T) {
	s := newServer(t, func(o *httpapi.Options) {
		o.Limits = httpapi.Limits{Jobs: 3, Bytes: 1 << 16}
	})
	s.want(sql("SELECT * FROM range(100000)"), 422, `"code":"result-too-large"`)
	s.want("GET /api/v1/queries", 200, `"items":[]`)
	for range 3 {
		s.want(sql("SELECT * FROM range(3000)"), 200)
	}
	s.want(sql("SELECT 1"), 429, `"code":"too-many-queries"`)
}

func TestJobsGoAfterAWhileAndAfterTheirTime(t *testing.T) {
	s := newServer(t, func(o *httpapi.Options) {
		o.Limits = httpapi.Limits{Keep: time.Millisecond}
	}, limited(admission.Limits{User: admission.Limit{Time: 50 * time.Millisecond}}))
	s.want(sql("SELECT * FROM range(3000)"), 200)
	s.eventually("GET /api/v1/queries", `"items":[]`)
	s.want(sql(endless), 503, `"code":"took-too-long"`)
}
