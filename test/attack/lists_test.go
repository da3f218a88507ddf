//go:build duckdb_arrow

package attack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// lists are statements over what Tarn tells of itself, by people who may not be
// told of what they ask for. They run over PostgreSQL's protocol and over HTTP,
// and ada finds something.
var lists = []struct{ who, sql string }{
	{"bob", "SELECT 'plan-' || table_name FROM system.tables WHERE namespace IN ('secret', 'mine') OR table_name IN ('people', 'hoard')"},
	{"bob", "SELECT 'plan-' || metadata_location FROM system.tables WHERE metadata_location LIKE '%plans%'"},
	{"none", "SELECT 'plan-' || table_name FROM system.tables"},
	{"rita", "SELECT 'plan-' || table_name FROM system.tables WHERE table_name = 'people'"},
	{"cat", "SELECT 'plan-' || table_name FROM system.tables WHERE namespace <> 'mine'"},
	{"etl", "SELECT 'plan-' || table_name FROM system.tables"},
	{"bob", "SELECT 'plan-' || column_name FROM system.columns WHERE table_name IN ('people', 'plans', 'hoard')"},
	{"cat", "SELECT 'plan-' || column_name FROM system.columns WHERE table_name = 'people'"},
	{"bob", "SELECT 'plan-' || snapshot_id FROM system.snapshots WHERE table_name IN ('people', 'plans', 'hoard')"},
	{"blind", "SELECT 'plan-' || total_rows FROM system.snapshots WHERE table_name = 'plans'"},
	{"etl", "SELECT 'plan-' || total_rows FROM system.snapshots WHERE table_name = 'orders'"},
	{"bob", "SELECT 'plan-' || file_path FROM system.files WHERE file_path LIKE '%people%' OR table_name = 'plans'"},
	{"blind", "SELECT 'plan-' || rows FROM system.files WHERE table_name = 'plans'"},
	{"rita", "SELECT 'plan-' || rows FROM system.partitions WHERE table_name = 'hoard'"},
	{"bob", "SELECT 'plan-' || ref FROM system.refs WHERE namespace = 'secret'"},
	{"bob", "SELECT 'plan-' || read FROM system.loads WHERE table_name = 'people'"},
	{"rita", "SELECT 'plan-' || quarantined FROM system.loads"},
	{"bob", "SELECT 'plan-' || count(*) FROM system.tables WHERE table_name = 'people__quarantine' HAVING count(*) > 0"},
	{"bob", "SELECT decode(raw) FROM raw.people__quarantine"},
	{"bob", "SELECT 'plan-' || command FROM system.runs"},
	{"rita", "SELECT 'plan-' || command FROM system.runs"},
	{"cat", "SELECT 'plan-' || resource FROM system.steps"},
	{"bob", "SELECT 'plan-' || test FROM system.tests"},
	{"rita", "SELECT 'plan-' || failures FROM system.tests"},
	{"bob", "SELECT 'plan-' || query FROM system.queries WHERE principal = 'user:ada'"},
	{"rita", "SELECT 'plan-' || query FROM system.queries WHERE principal <> 'user:rita'"},
	{"none", "SELECT 'plan-' || error_message FROM system.queries WHERE principal <> 'user:none' AND error_message <> ''"},
	{"cat", "SELECT 'plan-' || (SELECT count(*) FROM system.queries WHERE principal = 'user:ada') FROM system.queries WHERE principal = 'user:ada'"},
	{"bob", "SELECT 'plan-' || unnest(policies) FROM system.queries WHERE query LIKE '%people%'"},
	{"bob", "SELECT 'plan-' || table_name FROM information_schema.tables WHERE table_schema IN ('secret', 'mine') OR table_name IN ('people', 'hoard', 'people__quarantine')"},
	{"bob", "SELECT 'plan-' || schema_name FROM information_schema.schemata WHERE schema_name IN ('secret', 'mine')"},
	{"bob", "SELECT 'plan-' || column_name FROM information_schema.columns WHERE table_name IN ('people', 'plans', 'hoard')"},
	{"bob", "SELECT 'plan-' || name FROM (SHOW ALL TABLES) WHERE schema IN ('secret', 'mine') OR name IN ('people', 'hoard')"},
	{"bob", "SELECT 'plan-' || schema_name FROM (SHOW SCHEMAS) WHERE schema_name IN ('secret', 'mine')"},
	{"none", "SELECT 'plan-' || name FROM (SHOW TABLES)"},
	{"bob", "SELECT text FROM hoard"},
	{"bob", "SUMMARIZE SELECT * FROM shop.people"},
	{"bob", "WITH people AS (FROM shop.people) SELECT text FROM people"},
	{"bob", "SELECT text FROM main.part UNION ALL SELECT text FROM secret.plans"},
	{"bob", "SELECT hidden FROM shop.items i, LATERAL (SELECT p.text AS hidden FROM shop.people p WHERE p.id = i.id)"},
	{"bob", "SELECT 'plan-' FROM shop.items WHERE (SELECT max(text) FROM shop.people WHERE id = 1) = 'plan-b'"},
	{"bob", "SELECT * FROM secret.plans AT (TIMESTAMP => '2200-01-01')"},
	{"none", "SELECT 'plan-' || text FROM main.part"},
}

func TestListsTellNothingOfWhatIsHidden(t *testing.T) {
	g := newTarget(t)
	for name := range people { // there is something to be found of everybody
		_, _ = g.connect(name).all("SELECT * FROM shop.people")
	}
	for _, a := range lists {
		t.Run(a.who+" "+a.sql, func(t *testing.T) {
			if got, err := g.connect(a.who).all(a.sql); strings.Contains(got+told(err), secret) {
				t.Errorf("PostgreSQL's protocol tells %q, %s", got, told(err))
			}
			if got, err := g.connect("ada").all(a.sql); err != nil || !strings.Contains(got, secret) {
				t.Errorf("it would tell nothing where it is allowed: %q, %v", got, err)
			}
			if status, got := g.query(a.who, a.sql); strings.Contains(got, secret) || status != http.StatusOK && status != http.StatusUnprocessableEntity {
				t.Errorf("HTTP tells %d %s", status, got)
			}
			if status, got := g.query("ada", a.sql); status != http.StatusOK || !strings.Contains(got, secret) {
				t.Errorf("over HTTP it would tell nothing where it is allowed: %d %s", status, got)
			}
		})
	}
}

// query runs a statement over HTTP and returns its rows, or what is wrong.
func (g *target) query(who, sql string) (status int, answer string) {
	g.t.Helper()
	body, err := json.Marshal(map[string]any{"sql": sql, "wait": 30})
	if err != nil {
		g.t.Fatal(err)
	}
	status, text := g.ask(who, "POST /api/v1/queries "+string(body))
	var said struct {
		Data         json.RawMessage
		Detail, Hint string
	}
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		g.t.Fatal(err)
	}
	return status, string(said.Data) + said.Detail + said.Hint
}

// ask sends "METHOD /path body" over HTTP; "" is nobody.
func (g *target) ask(who, request string) (status int, answer string) {
	g.t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, body, _ := strings.Cut(rest, " ")
	r, err := http.NewRequestWithContext(context.WithoutCancel(g.t.Context()), method, g.url+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Close = true
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+g.tokens[who])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
