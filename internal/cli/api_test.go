package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/secret"
)

// shopFiles are a project whose orders are published and whose sales are held.
var shopFiles = map[string]string{
	"dbt_project.yml":       "name: shop\nmodel-paths: [models]\n",
	"models/orders.sql":     "{{ config(materialized='table') }} select 1 as id, 'EU' as region union all select 2, null",
	"models/sales.sql":      "select id, region from {{ ref('orders') }}",
	"models/schema.yml":     "models:\n  - name: sales\n    columns:\n      - name: region\n        data_tests: [not_null]\n",
	"policies/people.cedar": "permit(principal == User::\"anna\", action == Action::\"select\", resource == Table::\"main.orders\");\n",
}

// served is a server of the shop.
type served struct {
	t   *testing.T
	url string
}

const ownersToken = "0123456789abcdef"

// serveShop builds and serves the shop, to the owner, to anna and to otto, who
// may do nothing.
func serveShop(t *testing.T) *served {
	t.Helper()
	dir := t.TempDir()
	for name, text := range shopFiles {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if name != "policies/people.cedar" {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	Main(t.Context(), Program{Args: []string{"build", "--project-dir", dir}, Out: io.Discard, Err: io.Discard, Env: os.LookupEnv})
	a, err := app.Open(app.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	known, err := a.Directory(t.Context())
	for _, name := range []string{"anna", "otto"} {
		if err == nil {
			err = known.Add(t.Context(), identity.New{Kind: identity.User, Name: name, Password: secret.New("correct horse battery")})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "policies/people.cedar"), []byte(shopFiles["policies/people.cedar"]), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	said, tell := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- Main(ctx, Program{Args: []string{"serve", "--listen", "127.0.0.1:0", "--project-dir", dir}, Out: io.Discard, Err: tell,
			Env: func(name string) (string, bool) { return ownersToken, name == "TARN_SERVE_TOKEN" }})
		_ = tell.Close()
	}()
	out := bufio.NewReader(said)
	line, err := out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // what it says on its way
	t.Cleanup(func() {
		interrupt()
		if got := <-code; got != exitSuccess {
			t.Errorf("it ended with %d", got)
		}
	})
	_, rest, _ := strings.Cut(line, "http://")
	address, _, _ := strings.Cut(rest, "/")
	return &served{t, "http://" + address}
}

// told is an answer.
type told struct {
	status int
	tag    string
}

// get asks as somebody: "" is nobody.
func (s *served) get(who, path string, header ...string) (told, string) {
	s.t.Helper()
	return s.send(who, http.MethodGet, path, "", header...)
}

// send is get for any method, with a body.
func (s *served) send(who, method, path, asks string, header ...string) (told, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(asks))
	if err != nil {
		s.t.Fatal(err)
	}
	switch who {
	case "":
	case "owner":
		r.Header.Set("Authorization", "Bearer "+ownersToken)
	default:
		r.SetBasicAuth(who, "correct horse battery")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return told{answer.StatusCode, answer.Header.Get("ETag")}, string(body)
}

// Each endpoint answers the owner; nobody is let in, and who may do nothing sees
// nothing.
func TestTheAPIIsForThoseWhoMaySeeWhatItTells(t *testing.T) {
	s := serveShop(t)
	_, body := s.get("owner", "/api/v1/runs")
	var runs struct {
		Items []struct {
			ID string `json:"run_id"`
		}
	}
	if err := json.Unmarshal([]byte(body), &runs); err != nil || len(runs.Items) != 1 {
		t.Fatalf("%v: %s", err, body)
	}
	run := "/api/v1/runs/" + runs.Items[0].ID
	for path, want := range map[string]string{
		"/":                                    "<html",
		"/api/v1/queries":                      `"items":[]`,
		"/api/v1/tables":                       `"table_name":"orders"`,
		"/api/v1/tables?held=true":             `"table_name":"sales"`,
		"/api/v1/tables/main/orders":           `"column_name":"region"`,
		"/api/v1/tables/main/orders/snapshots": `"operation":"append"`,
		"/api/v1/tables/main/orders/sample":    `[2,null]`,
		"/api/v1/loads":                        `"items":[]`,
		"/api/v1/runs?state=held":              `"state":"held"`,
		run:                                    `"command":"build"`,
		run + "/steps":                         `"resource":"model.shop.sales"`,
		run + "/tests":                         `"state":"fail"`,
		run + "/events":                        "event: run\ndata: {",
		"/api/v1/resources/sales/why":          `"state":"held"`,
		"/api/v1/resources/sales/lineage":      `"edges":[["model.shop.orders","model.shop.sales"],`,
		"/api/v1/policies":                     `permit`,
		"/api/v1/policies/permitted?principal=anna":                               `"actions":["select"]`,
		"/api/v1/policies/permitted?table=main.orders":                            `"principal":"user:anna"`,
		"/api/v1/policies/decision?principal=anna&action=select&table=main.sales": `"allowed":false`,
		"/api/v1/principals":               `"name":"otto"`,
		"/api/v1/tokens":                   `"items":[]`,
		"/api/v1/statements?state=crashed": `"items":[]`,
	} {
		if answer, body := s.get("owner", path); answer.status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("the owner asks for %s: %d, looking for %s in %.900s", path, answer.status, want, body)
		}
		if answer, body := s.get("", path); answer.status != http.StatusUnauthorized {
			t.Errorf("nobody asks for %s: %d %s", path, answer.status, body)
		}
		answer, body := s.get("otto", path)
		if strings.Contains(body, "orders") && !strings.Contains(path, "orders") || strings.Contains(body, "sales") && !strings.Contains(path, "sales") {
			t.Errorf("who may do nothing asks for %s: %d %s", path, answer.status, body)
		}
		if answer.status == http.StatusOK && !strings.Contains(body, `"items":[]`) {
			t.Errorf("who may do nothing asks for %s and is told %s", path, body)
		}
	}
	for _, path := range []string{"/api/v1/tables/main/none", "/api/v1/tables/main/none/sample", "/api/v1/runs/none", "/api/v1/runs/none/events", "/api/v1/resources/none/why", "/?run=none"} {
		if answer, body := s.get("owner", path); answer.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, answer.status, body)
		}
	}
}

func TestStatementsOfThePastAreForWhoSentThem(t *testing.T) {
	s := serveShop(t)
	for who, statement := range map[string]string{"anna": "select 'hers'", "owner": "select count(*) as his from sales"} {
		if answer, body := s.send(who, http.MethodPost, "/api/v1/queries", `{"sql":"`+statement+`"}`); answer.status != http.StatusOK && who == "anna" {
			t.Fatalf("%s: %d %s", who, answer.status, body)
		}
	}
	for path, wants := range map[string]map[string][2]bool{ // whether hers and his are there
		"/api/v1/statements":                     {"owner": {true, true}, "anna": {true, false}, "otto": {}},
		"/api/v1/statements?principal=user:anna": {"owner": {true, false}, "anna": {true, false}, "otto": {}},
		"/api/v1/statements?state=crashed":       {"owner": {}, "anna": {}, "otto": {}},
	} {
		for who, want := range wants {
			answer, body := s.get(who, path)
			if got := [2]bool{strings.Contains(body, "hers"), strings.Contains(body, "his")}; answer.status != http.StatusOK || got != want {
				t.Errorf("%s asks for %s: %d, %v, want %v: %s", who, path, answer.status, got, want, body)
			}
		}
	}
	if answer, body := s.get("owner", "/api/v1/statements?state=none"); answer.status != http.StatusUnprocessableEntity {
		t.Errorf("a state that there is not: %d %s", answer.status, body)
	}
}

func TestATableThatHasNotChangedIsNotToldAgain(t *testing.T) {
	s := serveShop(t)
	const path = "/api/v1/tables/main/orders"
	first, _ := s.get("owner", path)
	tag := first.tag
	if again, body := s.get("owner", path, "If-None-Match", tag); tag == "" || again.status != http.StatusNotModified || body != "" {
		t.Errorf("%q: %d %s", tag, again.status, body)
	}
	if other, _ := s.get("owner", path, "If-None-Match", `"another"`); other.status != http.StatusOK {
		t.Errorf("another tag: %d", other.status)
	}
}

func TestListsComeInPages(t *testing.T) {
	s := serveShop(t)
	path, seen := "/api/v1/tables?limit=1", []string{}
	for path != "" {
		_, body := s.get("owner", path)
		var page struct {
			Items []struct {
				Name string `json:"table_name"`
			}
			Next string `json:"next_cursor"`
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Items) != 1 {
			t.Fatalf("%v: %s", err, body)
		}
		seen = append(seen, page.Items[0].Name)
		if path = ""; page.Next != "" {
			path = "/api/v1/tables?limit=1&cursor=" + page.Next
		}
	}
	if got := strings.Join(seen, " "); got != "orders sales" {
		t.Errorf("the pages have %s", got)
	}
}
