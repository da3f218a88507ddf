package icebergrest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

func TestEveryEndpointThatConfigListsIsThere(t *testing.T) {
	c := withOrders(t)
	var config struct {
		Endpoints []string
	}
	if err := json.Unmarshal([]byte(c.want("GET /v1/config", 200)), &config); err != nil {
		t.Fatal(err)
	}
	if len(config.Endpoints) < 20 {
		t.Errorf("config lists %v", config.Endpoints)
	}
	for _, e := range config.Endpoints {
		path := strings.NewReplacer("/{prefix}", "", "{namespace}", "shop", "{table}", "orders", "{view}", "orders").Replace(e)
		if strings.Contains(c.ask(path+" {").Body.String(), "There is no endpoint") {
			t.Errorf("%s is not there", e)
		}
	}
	c.want("GET /v1/nothing", 404, "There is no endpoint GET /v1/nothing")
	c.want("PUT /v1/namespaces", 404, "There is no endpoint")
}

func TestNamespaces(t *testing.T) {
	c := newCatalog(t, "")
	for _, step := range []struct {
		request string
		status  int
		texts   []string
	}{
		{`GET /v1/namespaces`, 200, []string{`"namespaces":[]`, `"next-page-token":null`}},
		{`POST /v1/namespaces {"namespace":["a"],"properties":{"owner":"ada"}}`, 200, []string{`"namespace":["a"]`, `"owner":"ada"`}},
		{`POST /v1/namespaces {"namespace":["A"]}`, 409, []string{"AlreadyExistsException", "Namespace already exists: A"}},
		{`POST /v1/namespaces {"namespace":["a","b"]}`, 200, nil},
		{`POST /v1/namespaces {"namespace":["a","b","c"]}`, 200, nil},
		{`POST /v1/namespaces {"namespace":["a.b"]}`, 400, []string{"BadRequestException"}},
		{`POST /v1/namespaces {"namespace":[]}`, 400, nil},
		{`POST /v1/namespaces {"namespace":[""]}`, 400, nil},
		{`POST /v1/namespaces {"namespace":["z"],"properties":{"exists":"no"}}`, 400, nil},
		{`GET /v1/namespaces`, 200, []string{`"namespaces":[["a"]]`}},
		{`GET /v1/namespaces?parent=a`, 200, []string{`[["a","b"]]`}},
		{`GET /v1/namespaces?parent=a%1Fb`, 200, []string{`[["a","b","c"]]`}},
		{`GET /v1/namespaces?parent=x`, 404, []string{"NoSuchNamespaceException"}},
		{`GET /v1/namespaces/a%1Fb`, 200, []string{`"namespace":["a","b"]`, `"properties":{"location":"mem:///a.b"}`}},
		{`POST /v1/namespaces {"namespace":["l"],"properties":{"location":"s3://elsewhere/l"}}`, 200, nil},
		{`GET /v1/namespaces/l`, 200, []string{`"location":"s3://elsewhere/l"`}},
		{`DELETE /v1/namespaces/l`, 204, nil},
		{`HEAD /v1/namespaces/a`, 204, nil},
		{`HEAD /v1/namespaces/x`, 404, nil},
		{`POST /v1/namespaces/a/properties {"removals":["owner","none"],"updates":{"x":"1"}}`, 200,
			[]string{`"removed":["owner"]`, `"missing":["none"]`, `"updated":["x"]`}},
		{`POST /v1/namespaces/a/properties {"removals":["x"],"updates":{"x":"1"}}`, 422, []string{"UnprocessableEntityException"}},
		{`POST /v1/namespaces/x/properties {"updates":{"x":"1"}}`, 404, nil},
		{`GET /v1/namespaces/a`, 200, []string{`"x":"1"`, "!owner", "!exists"}},
		{`DELETE /v1/namespaces/a`, 409, []string{"NamespaceNotEmptyException"}},
		{`DELETE /v1/namespaces/a%1Fb%1Fc`, 204, nil},
		{`DELETE /v1/namespaces/a%1Fb`, 204, nil},
		{`DELETE /v1/namespaces/a`, 204, nil},
		{`DELETE /v1/namespaces/a`, 404, nil},
	} {
		c.want(step.request, step.status, step.texts...)
	}
}

func TestListsComeInPages(t *testing.T) {
	c := newCatalog(t, "")
	c.want(`POST /v1/namespaces {"namespace":["shop"]}`, 200)
	for i := range 5 {
		c.want(fmt.Sprintf(`POST /v1/namespaces/shop/tables {"name":"t%d","schema":%s}`, i, columns), 200)
	}
	var names []string
	for token := ""; ; {
		var page struct {
			Identifiers []identifier
			Next        *string `json:"next-page-token"`
		}
		text := c.want("GET /v1/namespaces/shop/tables?pageSize=2&pageToken="+url.QueryEscape(token), 200)
		if err := json.Unmarshal([]byte(text), &page); err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Identifiers {
			names = append(names, i.Name)
		}
		if page.Next == nil {
			break
		}
		token = *page.Next
	}
	if got := strings.Join(names, " "); got != "t0 t1 t2 t3 t4" {
		t.Errorf("the pages have %s", got)
	}
	c.want("GET /v1/namespaces/shop/tables?pageSize=0", 400)
	c.want("GET /v1/namespaces/shop/views", 200, `"identifiers":[]`)
}

func TestATableFromItsCreationToItsEnd(t *testing.T) {
	c := withOrders(t)
	const at = "/v1/namespaces/shop/tables/orders"
	for _, step := range []struct {
		request string
		status  int
		texts   []string
	}{
		{`POST /v1/namespaces/shop/tables ` + orders, 409, []string{"Table already exists: shop.orders"}},
		{`POST /v1/namespaces/none/tables ` + orders, 404, []string{"NoSuchNamespaceException"}},
		{`POST /v1/namespaces/shop/tables {"name":"x"}`, 400, []string{"invalid schema"}},
		{`POST /v1/namespaces/shop/tables {"name":"x.y","schema":` + columns + `}`, 400, nil},
		{`GET ` + at, 200, []string{`"config":{}`, `"metadata-location":"`, `"name":"what"`}},
		{`GET ` + at + `?snapshots=some`, 400, nil},
		{`HEAD ` + at, 204, nil},
		{`HEAD /v1/namespaces/shop/tables/none`, 404, nil},
		{`GET /v1/namespaces/shop/views/orders`, 404, []string{"NoSuchViewException", "View does not exist: shop.orders"}},
		{`POST ` + at + ` {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`, 200, []string{`"k":"v"`}},
		{`POST ` + at + ` {"requirements":[{"type":"assert-current-schema-id","current-schema-id":7}],"updates":[]}`, 409,
			[]string{"CommitFailedException", "Requirement failed: current schema changed"}},
		{`POST ` + at + ` {"requirements":[{"type":"assert-nonsense"}],"updates":[]}`, 400, nil},
		{`POST ` + at + ` {"requirements":[],"updates":[{"action":"nonsense"}]}`, 400, nil},
		{`POST ` + at + ` {"identifier":{"namespace":["shop"],"name":"other"},"requirements":[],"updates":[]}`, 400, nil},
		{`POST /v1/namespaces/shop/tables/none {"requirements":[],"updates":[]}`, 404, []string{"NoSuchTableException"}},
		{`POST ` + at + `/metrics {"report-type":"scan-report"}`, 204, nil},
		{`POST /v1/tables/rename {"source":{"namespace":["shop"],"name":"orders"},"destination":{"namespace":["none"],"name":"x"}}`, 404,
			[]string{"NoSuchNamespaceException"}},
		{`POST /v1/tables/rename {"source":{"namespace":["shop"],"name":"orders"},"destination":{"namespace":["shop"],"name":"sales"}}`, 204, nil},
		{`GET ` + at, 404, nil},
		{`GET /v1/namespaces/shop/tables/sales`, 200, []string{`"k":"v"`}},
		{`POST /v1/namespaces/shop/tables ` + orders, 200, nil},
		{`POST /v1/tables/rename {"source":{"namespace":["shop"],"name":"orders"},"destination":{"namespace":["shop"],"name":"sales"}}`, 409,
			[]string{"Cannot rename shop.orders to shop.sales. Table already exists"}},
		{`DELETE ` + at + `?purgeRequested=maybe`, 400, nil},
		{`DELETE ` + at + `?purgeRequested=true`, 204, nil},
		{`DELETE ` + at, 404, nil},
		{`DELETE /v1/namespaces/shop/tables/sales`, 204, nil},
	} {
		c.want(step.request, step.status, step.texts...)
	}
}

// Spark numbers fields from 0.
func TestFieldsOfNewTablesAreNumberedFromOne(t *testing.T) {
	c := withOrders(t)
	const table = `{"name":"parts","stage-create":false,"schema":{"type":"struct","schema-id":0,"identifier-field-ids":[0],"fields":[
		{"id":0,"name":"id","type":"long","required":true},
		{"id":1,"name":"st","type":{"type":"struct","fields":[{"id":2,"name":"a","type":"int","required":false}]},"required":false},
		{"id":3,"name":"l","type":{"type":"list","element-id":4,"element":"string","element-required":false},"required":false},
		{"id":5,"name":"m","type":{"type":"map","key-id":6,"key":"string","value-id":7,"value":"long","value-required":false},"required":false}]},
		"partition-spec":{"spec-id":0,"fields":[{"source-id":0,"field-id":1000,"name":"id_bucket","transform":"bucket[4]"},
			{"source-id":2,"field-id":1001,"name":"a","transform":"identity"}]},
		"write-order":{"order-id":1,"fields":[{"source-id":0,"transform":"identity","direction":"asc","null-order":"nulls-first"}]}}`
	c.want("POST /v1/namespaces/shop/tables "+table, 200,
		`"identifier-field-ids":[1]`, `"last-column-id":8`, `{"source-id":1,"field-id":1000,"name":"id_bucket"`, `{"source-id":3,"field-id":1001,"name":"a"`,
		`"fields":[{"source-id":1,"transform":"identity"`)
	c.want("POST /v1/namespaces/shop/tables "+strings.Replace(table, `"source-id":2`, `"source-id":9`, 1), 409)
	c.want("POST /v1/namespaces/shop/tables "+strings.NewReplacer(`"source-id":2`, `"source-id":9`, "parts", "more").Replace(table), 400)
	c.want(`POST /v1/namespaces/shop/tables {"name":"odd","schema":{"type":"struct","fields":[{"id":0},{"id":"x"},7]}}`, 400)
	c.want(`POST /v1/namespaces/shop/tables {"name":"odd","schema":[0]}`, 400, "invalid schema")
}

func TestStructsWithoutFieldsAreRefused(t *testing.T) {
	c := withOrders(t)
	const schema = `{"type":"struct","schema-id":1,"fields":[{"id":1,"name":"id","required":true,"type":"long"},
		{"id":3,"name":"l","required":false,"type":{"type":"list","element-id":4,"element-required":false,"element":{"type":"struct","fields":[
			{"id":5,"name":"inner","required":false,"type":{"type":"struct","fields":[]}}]}}}]}`
	c.want(`POST /v1/namespaces/shop/tables {"name":"hollow","schema":`+schema+`}`, 400, "column l.element.inner is a struct with no fields")
	c.want(`POST /v1/namespaces/shop/tables/orders {"requirements":[],"updates":[{"action":"add-schema","schema":`+schema+`}]}`, 400,
		"column l.element.inner is a struct with no fields")
}

func TestWhatAClientHasIsNotSentAgain(t *testing.T) {
	c := withOrders(t)
	const load = "GET /v1/namespaces/shop/tables/orders"
	tag := c.ask(load).Header().Get("ETag")
	if tag == "" {
		t.Fatal("the answer has no ETag")
	}
	c.with("If-None-Match", `"other", W/`+tag).want(load, 304)
	c.with("If-None-Match", tag).want(load+"?snapshots=refs", 200)
	c.want(`POST /v1/namespaces/shop/tables/orders {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`, 200)
	c.with("If-None-Match", tag).want(load, 200)
}

// The updates that an engine sends to create a table with its first state come
// in any order.
func TestAStagedTableIsThereOnceItIsCommitted(t *testing.T) {
	c := newCatalog(t, "")
	c.want(`POST /v1/namespaces {"namespace":["shop"]}`, 200)
	draft := c.want(`POST /v1/namespaces/shop/tables {"name":"orders","stage-create":true,"schema":`+columns+`}`, 200, "!metadata-location")
	c.want("GET /v1/namespaces/shop/tables/orders", 404)
	location := regexp.MustCompile(`"location":"([^"]*)"`).FindStringSubmatch(draft)[1]
	c.want(`POST /v1/namespaces/shop/tables/orders {"requirements":[{"type":"assert-create"}],"updates":[
		{"action":"add-spec","spec":{"spec-id":0,"fields":[]}},{"action":"set-default-spec","spec-id":-1},
		{"action":"add-sort-order","sort-order":{"order-id":0,"fields":[]}},{"action":"set-default-sort-order","sort-order-id":-1},
		{"action":"set-location","location":"`+location+`"},{"action":"add-schema","schema":`+columns+`},
		{"action":"assign-uuid","uuid":"0191c5d3-1a2b-7c3d-8e4f-123456789abc"},{"action":"set-current-schema","schema-id":0}]}`,
		200, `"name":"what"`, location, "0191c5d3-1a2b-7c3d-8e4f-123456789abc")
	c.want(`POST /v1/namespaces/shop/tables/orders {"requirements":[{"type":"assert-create"}],"updates":[]}`, 409, "Requirement failed: table already exists")
}

// Engines may leave the choice of a UUID to the catalog; a table without one
// could not be read again.
func TestATableThatIsCommittedWithoutAUUIDGetsOne(t *testing.T) {
	c := newCatalog(t, "")
	c.want(`POST /v1/namespaces {"namespace":["shop"]}`, 200)
	c.want(`POST /v1/transactions/commit {"table-changes":[{"identifier":{"namespace":["shop"],"name":"orders"},"requirements":[{"type":"assert-create"}],"updates":[
		{"action":"add-schema","schema":`+columns+`},{"action":"set-current-schema","schema-id":-1},
		{"action":"add-spec","spec":{"spec-id":0,"fields":[]}},{"action":"set-default-spec","spec-id":-1},
		{"action":"add-sort-order","sort-order":{"order-id":0,"fields":[]}},{"action":"set-default-sort-order","sort-order-id":-1}]}]}`, 204)
	answer := c.want("GET /v1/namespaces/shop/tables/orders", 200)
	if !regexp.MustCompile(`"table-uuid":"[0-9a-f]{8}-[0-9a-f-]{27}"`).MatchString(answer) {
		t.Errorf("no UUID in %s", answer)
	}
	c.want(`POST /v1/namespaces/shop/tables/orders {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`, 200)
}

func TestATransactionChangesAllTablesOrNone(t *testing.T) {
	c := withOrders(t)
	c.want(`POST /v1/namespaces/shop/tables {"name":"items","schema":`+columns+`}`, 200)
	change := func(table, requirements, value string) string {
		return `{"identifier":{"namespace":["shop"],"name":"` + table + `"},"requirements":[` + requirements + `],
			"updates":[{"action":"set-properties","updates":{"k":"` + value + `"}}]}`
	}
	const unmet = `{"type":"assert-table-uuid","uuid":"0191c5d3-1a2b-7c3d-8e4f-123456789abc"}`
	c.want(`POST /v1/transactions/commit {"table-changes":[`+change("orders", "", "first")+`,`+change("items", unmet, "first")+`]}`, 409, "UUID does not match")
	c.want(`POST /v1/transactions/commit {"table-changes":[`+change("orders", "", "first")+`,`+change("none", "", "first")+`]}`, 404)
	c.want(`POST /v1/transactions/commit {"table-changes":[`+change("orders", "", "first")+`,`+change("orders", "", "x")+`]}`, 400, "named twice")
	c.want(`POST /v1/transactions/commit {"table-changes":[]}`, 400)
	c.want("GET /v1/namespaces/shop/tables/orders", 200, "!first")
	c.want(`POST /v1/transactions/commit {"table-changes":[`+change("orders", "", "second")+`,`+change("items", "", "second")+`]}`, 204)
	c.want("GET /v1/namespaces/shop/tables/orders", 200, "second")
	c.want("GET /v1/namespaces/shop/tables/items", 200, "second")
}

func TestViews(t *testing.T) {
	c := withOrders(t)
	version := func(sql string) string {
		return `{"version-id":1,"timestamp-ms":1,"schema-id":0,"summary":{},"default-namespace":["shop"],
			"representations":[{"type":"sql","sql":"` + sql + `","dialect":"spark"}]}`
	}
	body := func(name string) string {
		return ` {"name":"` + name + `","schema":` + columns + `,"view-version":` + version("select 1") + `,"properties":{}}`
	}
	const at = "/v1/namespaces/shop/views/v"
	c.want("POST /v1/namespaces/shop/views"+body("orders"), 409, "Table with same name already exists: shop.orders")
	c.want("POST /v1/namespaces/shop/views"+body("v"), 200, "select 1")
	c.want("POST /v1/namespaces/shop/views"+body("v"), 409, "View already exists: shop.v")
	c.want("POST "+at+` {"requirements":[{"type":"assert-view-uuid","uuid":"0191c5d3-1a2b-7c3d-8e4f-123456789abc"}],"updates":[]}`, 409, "view UUID does not match")
	replace := func(sql string) string {
		return "POST " + at + ` {"requirements":[],"updates":[{"action":"add-schema","schema":` + columns + `},
			{"action":"add-view-version","view-version":` + strings.Replace(version(sql), `"schema-id":0`, `"schema-id":-1`, 1) + `},
			{"action":"set-current-view-version","view-version-id":-1}]}`
	}
	c.want(replace("select 2"), 200, `"current-version-id":2`)
	c.want(replace("select 1"), 200, `"current-version-id":1`) // a version that it has already
	c.want("GET "+at, 200, "select 1", "select 2")
	c.want("HEAD "+at, 204)
	c.want("GET /v1/namespaces/shop/tables/v", 404, "NoSuchTableException")
	c.want("GET /v1/namespaces/shop/views", 200, `{"namespace":["shop"],"name":"v"}`)
	c.want(`POST /v1/views/rename {"source":{"namespace":["shop"],"name":"v"},"destination":{"namespace":["shop"],"name":"orders"}}`, 409, "Table already exists")
	c.want("DELETE "+at, 204)
	c.want("DELETE "+at, 404, "NoSuchViewException")
}

func TestARepeatedRequestIsDoneOnce(t *testing.T) {
	c := withOrders(t)
	const commit = `POST /v1/namespaces/shop/tables/orders {"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}`
	again := c.with("Idempotency-Key", "0191c5d3-1a2b-7c3d-8e4f-123456789abc")
	first, second := again.want(commit, 200), again.want(commit, 200)
	if first != second {
		t.Errorf("the answers differ: %s, then %s", first, second)
	}
	again.want(`POST /v1/namespaces {"namespace":["x"]}`, 422, "belongs to another request")
	c.with("Idempotency-Key", "new").want(commit, 400)

	dropping := c.with("Idempotency-Key", "0191c5d3-1a2b-7c3d-8e4f-123456789abd")
	dropping.want("DELETE /v1/namespaces/shop/tables/orders", 204)
	dropping.want("DELETE /v1/namespaces/shop/tables/orders", 204)
	failing := c.with("Idempotency-Key", "0191c5d3-1a2b-7c3d-8e4f-123456789abe")
	failing.want("DELETE /v1/namespaces/shop/tables/orders", 404)
	c.want("POST /v1/namespaces/shop/tables "+orders, 200)
	failing.want("DELETE /v1/namespaces/shop/tables/orders", 404)
}

// The same request, sent by many at once, is done by one of them.
func TestRequestsAtOnceWithOneKeyAreOne(t *testing.T) {
	c := newCatalog(t, "").with("Idempotency-Key", "0191c5d3-1a2b-7c3d-8e4f-123456789abc")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { c.want(`POST /v1/namespaces {"namespace":["shop"]}`, 200) })
	}
	all.Wait()
}

func TestOnlyTheOwnersTokenIsGood(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef"
	c := newCatalog(t, token)
	bearer := func(token string) *catalog { return c.with("Authorization", "Bearer "+token) }
	c.want("GET /v1/config", 401, "NotAuthorizedException")
	bearer("guess").want("GET /v1/config", 401)
	bearer("tarn.99999999999.AAAA").want("GET /v1/config", 401)
	bearer(token).want("GET /v1/config", 200)

	form := c.with("Content-Type", "application/x-www-form-urlencoded")
	form.want("POST /v1/oauth/tokens grant_type=client_credentials&client_id=x&client_secret=guess", 401, "invalid_client")
	form.want("POST /v1/oauth/tokens grant_type=password", 400, "unsupported_grant_type")
	given := func(body string) string {
		var answer struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(form.want("POST /v1/oauth/tokens "+body, 200, `"token_type":"bearer"`)), &answer); err != nil {
			t.Fatal(err)
		}
		return answer.Token
	}
	short := given("grant_type=client_credentials&client_id=x&client_secret=" + token)
	bearer(short).want("GET /v1/config", 200)
	renewed := given("grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=" + short)
	bearer(renewed).want("GET /v1/config", 200)
	c.now = c.now.Add(time.Hour)
	bearer(short).want("GET /v1/config", 401)
}

func TestUnsafePlacesAreRefused(t *testing.T) {
	c := withOrders(t)
	metadata, err := c.lake.Pointer(t.Context(), lake.TableEntry, mustName(t, "shop.orders"))
	if err != nil {
		t.Fatal(err)
	}
	home, _, _ := strings.Cut(metadata.Location, "/metadata/")
	root := home[:strings.Index(home, "shop/")]
	for _, location := range []string{home, home + "/inside", root + "shop", root + "a/../shop", "s3://elsewhere/x", "file:///etc", "../x", root} {
		c.want(`POST /v1/namespaces/shop/tables {"name":"x","location":"`+location+`","schema":`+columns+`}`, 400, "IllegalArgumentException")
		c.want(`POST /v1/namespaces/shop/tables {"name":"x","properties":{"write.metadata.path":"`+location+`"},"schema":`+columns+`}`, 400)
		c.want(`POST /v1/namespaces/shop/tables {"name":"x","properties":{"write.data.path":"`+location+`"},"schema":`+columns+`}`, 400)
	}
	c.want(`POST /v1/namespaces/shop/tables {"name":"y","location":"`+root+`mine","schema":`+columns+`}`, 200, `"location":"`+root+`mine"`)
	c.want(`POST /v1/namespaces/shop/tables/y {"requirements":[],"updates":[{"action":"set-location","location":"`+home+`"}]}`, 400, "holds files of another table")
	c.want(`POST /v1/namespaces/shop/tables/y {"requirements":[],"updates":[{"action":"set-properties","updates":{"write.data.path":"/etc"}}]}`, 400)
	c.want(`POST /v1/namespaces/shop/register {"name":"r","metadata-location":"file:///etc/passwd"}`, 400)
}

func TestATableIsRegisteredByItsMetadataFile(t *testing.T) {
	c := withOrders(t)
	e, err := c.lake.Pointer(t.Context(), lake.TableEntry, mustName(t, "shop.orders"))
	if err != nil {
		t.Fatal(err)
	}
	register := `POST /v1/namespaces/shop/register {"name":"orders","metadata-location":"` + e.Location + `"}`
	c.want(register, 409, "Table already exists: shop.orders")
	c.want(strings.Replace(register, `"orders"`, `"copy"`, 1), 400, "is of another table")
	c.want("DELETE /v1/namespaces/shop/tables/orders", 204)
	c.want(register, 200, e.Location)
	c.want("GET /v1/namespaces/shop/tables/orders", 200, e.Location)
	c.want(`POST /v1/namespaces/shop/register {"name":"none","metadata-location":"`+e.Location+`.gone"}`, 400)
}

func TestTooMuchIsRefused(t *testing.T) {
	c := withOrders(t)
	c.want("POST /v1/namespaces "+strings.Repeat(" ", largestBody+1), http.StatusRequestEntityTooLarge)
}

// FuzzRequests sends anything to every endpoint that takes a body: what comes
// back is an answer or a refusal, never a failure on our side.
func FuzzRequests(f *testing.F) {
	for _, seed := range []string{orders, `{"namespace":["a"]}`, `{"requirements":[{"type":"assert-create"}],"updates":[{"action":"add-schema","schema":null}]}`,
		`{"table-changes":[{"identifier":{"namespace":["shop"],"name":"orders"},"updates":[{"action":"add-snapshot","snapshot":{"snapshot-id":1}}]}]}`,
		`{"updates":[{"action":"add-spec","spec":{"fields":[{"source-id":9,"transform":"bucket[0]"}]}}]}`, `[]`, `null`, "\x00", `{"name":"v","view-version":{}}`} {
		f.Add([]byte(seed))
	}
	c := withOrders(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		c := *c
		c.t = t
		for _, at := range []string{"/v1/namespaces", "/v1/namespaces/shop/properties", "/v1/namespaces/shop/tables", "/v1/namespaces/shop/tables/orders",
			"/v1/namespaces/shop/register", "/v1/tables/rename", "/v1/transactions/commit", "/v1/namespaces/shop/views", "/v1/namespaces/shop/views/v"} {
			if status := c.ask("POST " + at + " " + string(body)).Code; status >= 500 {
				t.Errorf("%s: %d for %q", at, status, body)
			}
		}
	})
}

func mustName(t *testing.T, name string) ident.Table {
	t.Helper()
	parsed, err := ident.ParseTable(name)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
