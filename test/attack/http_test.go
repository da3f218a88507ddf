//go:build duckdb_arrow

package attack

import (
	"strings"
	"testing"
)

// requests are sent over HTTP, to the API and as an engine of Iceberg's, by
// people who may not be answered, and what would show in the answer. RUN is the
// id of a run, QUERY that of a query of ada's. ada is answered, with the same
// request.
var requests = []struct {
	who, request, shows string
	status              int
}{
	// the API
	{"", "GET /api/v1/tables", `"table_name":"items"`, 401}, {"none", "GET /api/v1/tables", `"table_name":"items"`, 200},
	{"bob", "GET /api/v1/tables?limit=1000", `"table_name":"people"`, 200}, {"bob", "GET /api/v1/tables?namespace=secret", `"table_name":"plans"`, 200},
	{"cat", "GET /api/v1/tables?namespace=shop", `"table_name":"items"`, 200}, {"bob", "GET /api/v1/tables/secret/plans", `"columns"`, 404},
	{"bob", "GET /api/v1/tables/shop/people", `"columns"`, 404}, {"etl", "GET /api/v1/tables/shop/orders", `"columns"`, 404},
	{"bob", "GET /api/v1/tables/secret/plans/snapshots", `"snapshot_id"`, 404}, {"blind", "GET /api/v1/tables/secret/plans/snapshots", `"snapshot_id"`, 404},
	{"bob", "GET /api/v1/tables/secret/plans/sample", "plan-b", 404}, {"bob", "GET /api/v1/tables/shop/people/sample?limit=1", "plan-b", 404},
	{"cat", "GET /api/v1/tables/shop/people/sample", "plan-b", 403}, {"bob", "GET /api/v1/tables/raw/people__quarantine/sample", "born", 404},
	{"bob", "GET /api/v1/loads", `"table_name":"people"`, 200}, {"bob", "GET /api/v1/runs", `"command"`, 404}, {"rita", "GET /api/v1/runs", `"command"`, 404},
	{"bob", "GET /api/v1/runs/RUN", `"command"`, 404}, {"bob", "GET /api/v1/runs/RUN/steps", "plans", 404}, {"rita", "GET /api/v1/runs/RUN/tests", "bad_plans", 404},
	{"bob", "GET /api/v1/runs/RUN/events", "plans", 404}, {"bob", "GET /api/v1/resources/plans/why", "seed", 403}, {"bob", "GET /api/v1/resources/part/lineage", "secret.plans", 200},
	{"bob", "GET /api/v1/policies", "no pii", 403}, {"rita", "GET /api/v1/policies/decision?principal=bob&action=select&table=shop.people", "no pii", 403},
	{"bob", "GET /api/v1/policies/permitted?principal=ada", "secret.plans", 403}, {"bob", "GET /api/v1/policies/permitted?table=secret.plans", "blind", 403},
	{"rita", "GET /api/v1/principals", "blind", 403}, {"bob", "GET /api/v1/tokens", "ada", 403}, {"bob", "GET /", "plans", 403},
	{"bob", "GET /api/v1/queries/QUERY", "secret.plans", 404}, {"bob", "GET /api/v1/queries/QUERY/results", "plan-b", 404}, {"rita", "GET /api/v1/queries/QUERY/results?format=csv", "plan-b", 404},
	{"bob", `POST /api/v1/queries {"sql":"SELECT text FROM shop.people","format":"csv"}`, "plan-b", 422},
	{"bob", `POST /api/v1/queries {"sql":"SELECT text FROM secret.plans","format":"arrow"}`, "plan-b", 422},
	{"bob", `POST /api/v1/queries {"sql":"SELECT p.text FROM secret.plans p WHERE id = $1","parameters":[1]}`, "plan-b", 422},
	{"cat", `POST /api/v1/queries {"sql":"SELECT text FROM shop.people","wait":30}`, "plan-b", 403},
	// Iceberg's REST protocol
	{"", "GET /v1/namespaces", "secret", 401}, {"bob", "GET /v1/namespaces", `["secret"]`, 200}, {"none", "GET /v1/namespaces", `["shop"]`, 200},
	{"bob", "GET /v1/namespaces/secret", `"namespace":["secret"]`, 404}, {"bob", "GET /v1/namespaces/secret/tables", "plans", 404},
	{"bob", "GET /v1/namespaces/shop/tables", "people", 200}, {"bob", "GET /v1/namespaces/shop/tables/people", "metadata-location", 404},
	{"bob", "GET /v1/namespaces/secret/tables/plans", "metadata-location", 404}, {"cat", "GET /v1/namespaces/shop/tables/people", "metadata-location", 403},
	{"etl", "GET /v1/namespaces/shop/tables/orders", "metadata-location", 403}, {"none", "GET /v1/namespaces/main/views/part", "select id", 404},
	{"bob", "GET /v1/namespaces/raw/tables/people__quarantine", "metadata-location", 404},
	{"bob", `POST /v1/namespaces/shop/tables/people {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`, "metadata-location", 404},
	{"bob", `POST /v1/namespaces/shop/tables/items {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`, "metadata-location", 403},
	{"etl", `POST /v1/namespaces/shop/tables/orders {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`, "metadata-location", 403},
	{"bob", `POST /v1/namespaces/shop/tables {"name":"copy","schema":{"type":"struct","fields":[{"id":1,"name":"id","required":false,"type":"long"}]}}`, "metadata-location", 403},
}

func TestRequestsAreAnsweredToNobodyWhoMayNotAsk(t *testing.T) {
	g := newTarget(t)
	_, answer := g.ask("ada", `POST /api/v1/queries {"sql":"SELECT text FROM secret.plans UNION ALL SELECT range::VARCHAR FROM range(3000)","limit":10,"wait":30}`)
	marks := strings.NewReplacer("QUERY", between(t, answer, `"id":"`), "RUN", g.told("SELECT run_id FROM system.runs WHERE command = 'build' LIMIT 1"))
	for _, a := range requests {
		t.Run(a.who+" "+a.request, func(t *testing.T) {
			request := marks.Replace(a.request)
			status, got := g.ask(a.who, request)
			if status != a.status || strings.Contains(got, a.shows) {
				t.Errorf("it is answered %d %s", status, got)
			}
			if status, got := g.ask("ada", request); status/100 != 2 || !strings.Contains(got, a.shows) {
				t.Errorf("it would show nothing where it is allowed: %d %s", status, got)
			}
		})
	}
}

// told is the one value that an owner's query gives.
func (g *target) told(sql string) string {
	g.t.Helper()
	got, err := g.connect("ada").all(sql)
	if err != nil || got == "" {
		g.t.Fatalf("%s: %q, %v", sql, got, err)
	}
	return got
}

// between is the text behind a mark, up to the next quote.
func between(t *testing.T, text, mark string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, mark)
	if !found {
		t.Fatalf("no %s in %s", mark, text)
	}
	rest, _, _ = strings.Cut(rest, `"`)
	return rest
}

// What is asked as an engine of Iceberg's is on record, with who asked, what was
// read and changed, how it ended, and the policies that decided; so is what comes
// by other protocols.
func TestRequestsAreOnRecordWithThePoliciesThatDecided(t *testing.T) {
	g := newTarget(t)
	for _, r := range []struct {
		who, request string
		status       int
	}{
		{"bob", "GET /v1/namespaces/shop/tables/items", 200}, {"bob", "GET /v1/namespaces/shop/tables/people", 404}, {"cat", "GET /v1/namespaces/shop/tables/people", 403},
		{"ada", `POST /v1/namespaces/shop/tables/items {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`, 200},
		{"ada", `POST /v1/namespaces/shop/tables/items {"requirements":[{"type":"assert-table-uuid","uuid":"00000000-0000-0000-0000-000000000000"}],"updates":[]}`, 409},
		{"bob", `POST /api/v1/queries {"sql":"SELECT id FROM shop.items","wait":30}`, 200},
		{"bob", `POST /api/v1/queries {"sql":"SELECT * FROM shop.people","wait":30}`, 422},
	} {
		if status, got := g.ask(r.who, r.request); status != r.status {
			t.Errorf("%s: %d %s", r.request, status, got)
		}
	}
	for who, sql := range map[string]string{"bob": "EXPLAIN SELECT id FROM main.part", "cat": "INSERT INTO mine.notes VALUES (2, 'x')", "etl": "SELECT * FROM shop.orders",
		"up": "COPY shop.orders TO '/tmp/orders.csv'"} {
		_, _ = g.connect(who).all(sql)
	}
	const record = "SELECT principal || '; ' || query || '; ' || state || '; ' || coalesce(error_code, '') || '; ' || array_to_string(tables, ' ') || '; ' || " +
		"array_to_string(changed_tables, ' ') || '; ' || array_to_string(list_sort(policies), ', ') FROM system.queries WHERE state <> 'running' AND principal <> 'user:ada' OR protocol = 'iceberg' ORDER BY 1"
	want := strings.Join([]string{
		"user:ada; POST /v1/namespaces/shop/tables/items; failed; CommitFailedException; ; ; owner",
		"user:ada; POST /v1/namespaces/shop/tables/items; finished; ; ; shop.items; owner",
		"user:bob; EXPLAIN SELECT id FROM main.part; finished; ; main.part secret.plans; ; analysts",
		"user:bob; GET /v1/namespaces/shop/tables/items; finished; ; shop.items; ; analysts",
		"user:bob; GET /v1/namespaces/shop/tables/people; failed; NoSuchTableException; ; ; no pii",
		"user:bob; SELECT * FROM shop.people; failed; unknown-table; ; ; no pii",
		"user:bob; SELECT id FROM shop.items; finished; ; shop.items; ; analysts",
		"user:cat; GET /v1/namespaces/shop/tables/people; failed; ForbiddenException; ; ; no pii",
		"user:cat; INSERT INTO mine.notes VALUES (2, 'x'); finished; ; ; mine.notes; own",
		"user:etl; SELECT * FROM shop.orders; failed; denied; ; ; ",
		"user:up; COPY shop.orders TO '/tmp/orders.csv'; failed; ; ; ; ",
	}, "|")
	ada := g.connect("ada")
	for got, tries := "", 0; got != want; tries++ { // ends are written behind the answer
		var err error
		if got, err = ada.all(record); err != nil || tries > 200 {
			t.Fatalf("on record are\n%s\n%v, want\n%s", strings.ReplaceAll(got, "|", "\n"), err, strings.ReplaceAll(want, "|", "\n"))
		}
	}
	// One's own record does not tell what forbids something.
	if got, err := g.connect("bob").all("SELECT count(*) FROM system.queries WHERE len(policies) > 0"); got != "0" {
		t.Errorf("bob is told of policies in %s of his statements, %v", got, err)
	}
}
