//go:build duckdb_arrow

package httpapi_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
)

// asking lets something happen before it is asked again who somebody is, and tells
// when somebody is let in no longer.
type asking struct {
	*identity.Guard
	before  atomic.Pointer[func()]
	refused chan struct{}
	once    sync.Once
}

func (a *asking) Again(ctx context.Context, was identity.Access) (identity.Access, error) {
	if do := a.before.Swap(nil); do != nil {
		(*do)()
	}
	who, err := a.Guard.Again(ctx, was)
	if err != nil && a.refused != nil {
		a.once.Do(func() { close(a.refused) })
	}
	return who, err
}

// looking looks often, and after what a test lets happen; never is what it looks
// but when it commits.
func looking(every time.Duration, a *asking) func(*httpapi.Options) {
	return func(o *httpapi.Options) {
		o.LookEvery = every
		if a != nil {
			a.Guard, o.Guard = o.Guard.(*identity.Guard), a
		}
	}
}

const never = time.Hour

// token makes anna an owner with a token, and returns the server as she sees it,
// and the token's id.
func (s *server) token() (_ *server, id string) {
	s.t.Helper()
	if err := s.known.Grant(s.t.Context(), "anna", identity.Owner, identity.User); err != nil {
		s.t.Fatal(err)
	}
	t, text, err := s.known.CreateToken(s.t.Context(), identity.NewToken{Principal: "anna", Name: "x", Scopes: identity.Scopes})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.with("Authorization", "Bearer "+text.Reveal()), t.ID
}

func (s *server) revoke(id string) {
	s.t.Helper()
	if _, err := s.known.RevokeToken(s.t.Context(), id); err != nil {
		s.t.Error(err)
	}
}

const slowChange = `DELETE FROM orders WHERE id < (` + endless + `)`

func TestWhatRunsAsAJobEndsWithTheToken(t *testing.T) {
	for _, c := range []struct{ name, sql string }{{"a query", endless}, {"a change", slowChange}} {
		s := newServer(t, looking(5*time.Millisecond, nil))
		anna, id := s.token()
		job := told[httpapi.Query](t, anna.want(sql(c.sql, `,"wait":0`), 202))
		s.revoke(id)
		s.as("anna").eventually("GET /api/v1/queries/"+job.ID, `"state":"failed"`)
		s.as("anna").want("GET /api/v1/queries/"+job.ID, 200, `"code":"not-let-in"`, "the token was revoked")
		s.want(sql("SELECT count(*) AS n FROM orders"), 200, `"data":[[40]]`)
	}
}

func TestWhatWaitsEndsWithTheUser(t *testing.T) {
	s := newServer(t, looking(5*time.Millisecond, nil), limited(admission.Limits{Running: 1, User: admission.Limit{Running: 1}}))
	s.want(sql(endless, `,"wait":0`), 202)
	waiting := make(chan answer)
	go func() {
		a, err := s.as("anna").send(t.Context(), sql("SELECT 1", `,"wait":60`))
		if err != nil {
			t.Error(err)
		}
		waiting <- a
	}()
	s.as("anna").eventually("GET /api/v1/queries", `"state":"queued"`)
	if err := s.known.Disable(t.Context(), "anna"); err != nil {
		t.Fatal(err)
	}
	if a := <-waiting; a.StatusCode != http.StatusUnauthorized {
		t.Errorf("it is answered %d: %s", a.StatusCode, a.body)
	}
}

// A stream of what is found is cut off, and so is one of what was found before,
// though all of it is there.
func TestStreamsEndWithTheToken(t *testing.T) {
	for name, request := range map[string]string{
		"found": sql("SELECT a.range FROM range(10000000) a, range(1000000) b", `,"format":"ndjson"`), "kept": "",
	} {
		a := &asking{refused: make(chan struct{})}
		s := newServer(t, looking(5*time.Millisecond, a))
		anna, id := s.token()
		if request == "" {
			job := told[httpapi.Query](t, anna.want(sql("SELECT range, repeat('x', 1000) AS x FROM range(200000)", `,"wait":0`), 202))
			anna.eventually("GET /api/v1/queries/"+job.ID, `"state":"done"`)
			request = "GET /api/v1/queries/" + job.ID + "/results?format=ndjson"
		}
		body := anna.stream(request)
		s.revoke(id)
		<-a.refused
		if n, err := io.Copy(io.Discard, body); err == nil {
			t.Errorf("%s: the stream is whole, with %d bytes", name, n)
		}
		_ = body.Close()
	}
}

// stream sends a request and returns what is answered, of which the first byte was
// read.
func (s *server) stream(request string) io.ReadCloser {
	s.t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, body, _ := strings.Cut(rest, " ")
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header = s.header.Clone()
	response, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := io.ReadFull(response.Body, make([]byte, 1)); err != nil || response.StatusCode != http.StatusOK {
		s.t.Fatalf("%d, %v", response.StatusCode, err)
	}
	return response.Body
}

// What may be changed is asked again when it is published: of who asked, as they
// are then.
func TestAChangeIsPublishedForWhoMayStillMakeIt(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(s *server, token string) error
		status int
		code   string
	}{
		"the token": {func(s *server, token string) error { _, err := s.known.RevokeToken(t.Context(), token); return err }, 401, `"code":"not-let-in"`},
		"the user":  {func(s *server, _ string) error { return s.known.Disable(t.Context(), "anna") }, 401, `"code":"not-let-in"`},
		"the role": {func(s *server, _ string) error {
			return s.known.Withdraw(t.Context(), "anna", identity.Owner, identity.User)
		}, 403, `"code":"denied"`},
		"nothing": {func(*server, string) error { return nil }, 200, `"rows":40`},
	} {
		a := &asking{}
		s := newServer(t, looking(never, a))
		anna, id := s.token()
		end := func() {
			if err := c.end(s, id); err != nil {
				t.Error(name, err)
			}
		}
		a.before.Store(&end)
		anna.want(sql("DELETE FROM orders"), c.status, c.code)
		left := `"data":[[40]]`
		if c.status == 200 {
			left = `"data":[[0]]`
		}
		s.want(sql("SELECT count(*) AS n FROM orders"), 200, left)
	}
}

// What waited runs for who asked as they are when it begins.
func TestWhatWaitedRunsWithTheRolesOfThen(t *testing.T) {
	s := newServer(t, looking(never, nil), limited(admission.Limits{Running: 1, User: admission.Limit{Running: 1}}))
	running := told[httpapi.Query](t, s.want(sql(endless, `,"wait":0`), 202))
	waiting := told[httpapi.Query](t, s.as("anna").want(sql("SELECT count(*) FROM orders", `,"wait":0`), 202, `"state":"queued"`))
	if err := s.known.Withdraw(t.Context(), "anna", identity.Reader, identity.User); err != nil {
		t.Fatal(err)
	}
	s.want("DELETE /api/v1/queries/"+running.ID, 204)
	s.as("anna").eventually("GET /api/v1/queries/"+waiting.ID, `"state":"failed"`)
	s.as("anna").want("GET /api/v1/queries/"+waiting.ID, 200, `"code":"unknown-table"`)
}
