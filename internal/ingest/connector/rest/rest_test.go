package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/secret"
)

const total = 7

// api serves seven orders, by every way of paging.
func api(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	orders := func(from, to int) []map[string]any {
		list := []map[string]any{}
		for i := from; i < min(to, total); i++ {
			list = append(list, map[string]any{"id": i, "amount": 1.5, "updated_at": fmt.Sprintf("2024-01-0%dT00:00:00Z", i/2+1)})
		}
		return list
	}
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	number := func(r *http.Request, name string) int {
		n, _ := strconv.Atoi(r.URL.Query().Get(name))
		return n
	}
	mux.HandleFunc("/all", func(w http.ResponseWriter, r *http.Request) {
		since := r.URL.Query().Get("since")
		var list []map[string]any
		for _, o := range orders(0, total) {
			if o["updated_at"].(string) >= since {
				list = append(list, o)
			}
		}
		answer(w, list)
	})
	mux.HandleFunc("/link", func(w http.ResponseWriter, r *http.Request) {
		from := number(r, "from")
		if from+3 < total {
			w.Header().Set("Link", fmt.Sprintf(`<%s/link?from=0>; rel="first", </link?from=%d>; title="x"; rel="next"`, s.URL, from+3))
		}
		answer(w, orders(from, from+3))
	})
	mux.HandleFunc("/cursor", func(w http.ResponseWriter, r *http.Request) {
		from, next := number(r, "after"), any(nil)
		if from+2 < total {
			next = from + 2
		}
		answer(w, map[string]any{"data": map[string]any{"items": orders(from, from+2)}, "meta": map[string]any{"next": next}})
	})
	mux.HandleFunc("/next", func(w http.ResponseWriter, r *http.Request) {
		from, next := number(r, "from"), ""
		if from+2 < total {
			next = fmt.Sprintf("%s/next?from=%d", s.URL, from+2)
		}
		answer(w, map[string]any{"items": orders(from, from+2), "next": next})
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		n, page := number(r, "per_page"), number(r, "page")
		answer(w, orders((page-1)*n, page*n))
	})
	mux.HandleFunc("/offset", func(w http.ResponseWriter, r *http.Request) {
		n, offset := number(r, "limit"), number(r, "offset")
		answer(w, map[string]any{"total": total, "items": orders(offset, offset+n)})
	})
	mux.HandleFunc("/orders/", func(w http.ResponseWriter, r *http.Request) {
		id := strings.Split(r.URL.Path, "/")[2]
		answer(w, []map[string]any{{"article": "a" + id}, {"article": "b" + id, "gift": true}})
	})
	return s
}

// ask loads with the options of some YAML, decoded.
func ask(t *testing.T, options map[string]any, change func(*connector.SourceRequest)) (*connectortest.Collected, []byte, error) {
	t.Helper()
	req := connector.SourceRequest{Table: "orders", Scratch: t.TempDir()}
	req.Options = map[string]connector.Option{}
	for k, v := range options {
		req.Options[k] = connector.Option{Value: v}
	}
	if change != nil {
		change(&req)
	}
	r, err := Source{}.Open(t.Context(), req)
	if err != nil {
		return nil, nil, err
	}
	got := &connectortest.Collected{}
	for i := range r.Parts() {
		if _, err := r.Read(t.Context(), i, r.Layout(), got.Sink()); err != nil {
			t.Fatal(err)
		}
	}
	state, err := r.State()
	if err != nil {
		t.Fatal(err)
	}
	return got, state, r.Close()
}

func TestEveryWayOfPagingHasAllRecords(t *testing.T) {
	s := api(t)
	for name, options := range map[string]map[string]any{
		"one page":        {"url": s.URL + "/all"},
		"link":            {"url": s.URL + "/link", "paging": "link"},
		"cursor":          {"url": s.URL + "/cursor", "records": "data.items", "paging": map[string]any{"type": "cursor", "path": "meta.next", "param": "after"}},
		"next url":        {"url": s.URL + "/next", "records": "$.items[*]", "paging": map[string]any{"type": "next_url", "path": "next"}},
		"page":            {"url": s.URL + "/page", "paging": map[string]any{"type": "page", "size": 3}},
		"page, full last": {"url": s.URL + "/page", "paging": map[string]any{"type": "page", "size": 7}},
		"offset":          {"url": s.URL + "/offset", "records": "items", "paging": map[string]any{"type": "offset", "size": 2}},
		"offset, total":   {"url": s.URL + "/offset", "records": "items", "paging": map[string]any{"type": "offset", "size": 7, "total": "total"}},
		"from elsewhere":  {"url": s.URL + "/orders/{id}", "for_each": map[string]any{"url": s.URL + "/page", "paging": map[string]any{"type": "page", "size": 4}, "fields": map[string]any{"id": "id"}}},
	} {
		got, _, err := ask(t, options, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := total
		if options["for_each"] != nil {
			want = 2 * total
		}
		if len(got.Rows) != want || len(got.Rejects) > 0 {
			t.Errorf("%s: %d rows, %v", name, len(got.Rows), got.Rejects)
		}
	}
}

func TestChildrenCarryFieldsOfTheirParents(t *testing.T) {
	s := api(t)
	got, _, err := ask(t, map[string]any{
		"url":      s.URL + "/orders/{order_id}",
		"for_each": map[string]any{"url": s.URL + "/all", "fields": map[string]any{"order_id": "id"}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"order_id", "article", "gift"}, got.Columns); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"3", "b3", "true"}, got.Rows[7]); diff != "" {
		t.Error(diff)
	}
}

func TestLaterLoadsTakeWhatIsNew(t *testing.T) {
	s := api(t)
	options := map[string]any{"url": s.URL + "/all", "cursor_param": "since"}
	first, state, err := ask(t, options, func(r *connector.SourceRequest) { r.Cursor = "updated_at" })
	if err != nil || len(first.Rows) != total {
		t.Fatal(first, err)
	}
	again := func(state []byte) int {
		got, _, err := ask(t, options, func(r *connector.SourceRequest) { r.Cursor, r.State = "updated_at", state })
		if err != nil {
			t.Fatal(err)
		}
		return len(got.Rows)
	}
	if n := again(state); n != 0 {
		t.Errorf("%d rows are new where nothing is", n)
	}
	// The day before: the one record of the last day is new, and that of the
	// day itself which the load had not seen.
	if n := again([]byte(`{"cursor": "2024-01-03T00:00:00Z", "seen": []}`)); n != 3 {
		t.Errorf("%d rows are new, want 3", n)
	}
}

func TestCredentialsAreSent(t *testing.T) {
	tokens := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		switch {
		case r.URL.Path == "/token":
			tokens++
			if user != "anna" || password != "s3cret" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "read" {
				http.Error(w, "no", http.StatusUnauthorized)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"access_token": "t0ken", "token_type": "bearer", "expires_in": 3600}`)
		case r.Header.Get("Authorization") == "Bearer t0ken", user == "anna" && password == "s3cret",
			r.Header.Get("X-Api-Key") == "s3cret", r.URL.Query().Get("key") == "s3cret":
			fmt.Fprint(w, `[{"id": 1}]`)
		default:
			http.Error(w, "who are you? s3cret is wrong", http.StatusUnauthorized)
		}
	}))
	defer s.Close()
	key := secret.New("s3cret")
	for name, auth := range map[string]any{
		"bearer": map[string]any{"bearer": secret.New("t0ken")},
		"basic":  map[string]any{"basic": map[string]any{"user": "anna", "password": key}},
		"header": map[string]any{"header": map[string]any{"name": "X-Api-Key", "value": key}},
		"query":  map[string]any{"query": map[string]any{"name": "key", "value": key}},
		"oauth2": map[string]any{"oauth2": map[string]any{"token_url": s.URL + "/token", "client_id": "anna", "client_secret": key, "scopes": "read"}},
	} {
		if got, _, err := ask(t, map[string]any{"url": s.URL + "/x", "auth": auth}, nil); err != nil || len(got.Rows) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err := ask(t, map[string]any{"url": s.URL + "/x", "auth": map[string]any{"header": map[string]any{"name": "X-Other", "value": key}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "s3cret") {
		t.Error(err)
	}
	_, _, err = ask(t, map[string]any{"url": s.URL + "/x", "auth": map[string]any{"bearer": "t0ken"}}, nil)
	if err == nil || !strings.Contains(err.Error(), "secret-in-project") {
		t.Error(err)
	}
	_, _, err = ask(t, map[string]any{"url": s.URL + "/x?key=${env:KEY}"}, nil)
	if err == nil || !strings.Contains(err.Error(), "the url holds a reference") {
		t.Error(err)
	}
}

func TestWhatFailsForNowIsTriedAgain(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		switch asked {
		case 1:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		case 2: // cut short
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `[{"id": 1}`)
		case 3: // the connection drops
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_ = conn.Close()
		default:
			fmt.Fprint(w, `[{"id": 1}]`)
		}
	}))
	defer s.Close()
	c := newClient(connector.Settings{})
	c.pause = time.Millisecond
	var got []string
	collect := func(r json.RawMessage) error { got = append(got, string(r)); return nil }
	if err := c.pages(t.Context(), request{url: s.URL, maxPages: 10}, collect); err != nil || len(got) != 1 {
		t.Errorf("%v %v", got, err)
	}
	asked = -1000
	c.retries = 2
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) })
	if err := c.pages(t.Context(), request{url: s.URL, maxPages: 10}, collect); err == nil || !strings.Contains(err.Error(), "the server answered 502 Bad Gateway, 3 times") {
		t.Error(err)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	defer s.Close()
	say := func(path, kind, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			fmt.Fprint(w, text)
		})
	}
	say("/html", "text/html; charset=utf-8", "<html>Please log in</html>")
	say("/text", "application/json", "oops {")
	say("/object", "application/json", `{"error": "none"}`)
	say("/circle", "application/json", `{"items": [], "next": "/circle"}`)
	say("/away", "application/json", `{"items": [], "next": "`+other.URL+`/x"}`)
	mux.Handle("/file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.Handle("/elsewhere", http.RedirectHandler(other.URL+"/x", http.StatusFound))
	next := map[string]any{"type": "next_url", "path": "next"}
	for path, want := range map[string]string{
		"/html":      "answered with a web page",
		"/text":      "the answer is not JSON: oops {",
		"/object":    "no records at items: there is nothing at that path",
		"/circle":    "the pages do not end",
		"/away":      "credentials are not sent to another server",
		"/file":      "redirects to file://",
		"/elsewhere": "where credentials are not sent",
		"/none":      "404",
	} {
		options := map[string]any{"url": s.URL + path, "retries": 0}
		if path == "/object" || path == "/circle" || path == "/away" {
			options["records"], options["paging"] = "items", next
		}
		_, _, err := ask(t, options, nil)
		var p *diag.Problem
		if !errors.As(err, &p) || !strings.Contains(p.Message+p.Hint, want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestOptionsThatMeanNothing(t *testing.T) {
	for _, c := range []struct {
		options map[string]any
		want    string
	}{
		{map[string]any{}, "nothing says where the API is"},
		{map[string]any{"url": "ftp://x/y"}, "is not the address of an API"},
		{map[string]any{"url": "http://u:p@x/y"}, "the url holds a user or password"},
		{map[string]any{"url": "http://x/y", "params": map[string]any{"api_key": "abc"}}, "holds a secret"},
		{map[string]any{"url": "http://x/y", "headers": map[string]any{"Authorization": "Bearer abc"}}, "holds a secret"},
		{map[string]any{"url": "http://x/y", "paging": "pages"}, `type is one of link, cursor, next_url, page, offset, not "pages"`},
		{map[string]any{"url": "http://x/y", "paging": map[string]any{"type": "cursor"}}, "cursor needs path"},
		{map[string]any{"url": "http://x/y", "paging": map[string]any{"typ": "link"}}, `unknown key "typ"`},
		{map[string]any{"url": "http://x/y", "auth": map[string]any{"basic": "x"}}, "a mapping is expected"},
		{map[string]any{"url": "http://x/y", "for_each": map[string]any{"url": "http://x/z"}}, "for_each lacks url or fields"},
	} {
		_, _, err := ask(t, c.options, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.options, err, c.want)
		}
	}
}

func TestRequestsKeepTheirDistance(t *testing.T) {
	c := newClient(connector.Settings{"requests_per_minute": int64(1200)})
	if c.interval != 50*time.Millisecond {
		t.Fatal(c.interval)
	}
	begun := time.Now()
	for range 3 {
		if err := c.turn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 100*time.Millisecond {
		t.Errorf("three requests within %s", took)
	}
}
