package icebergrest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/secret"
)

const house = `
@id("analysts") permit(principal in Role::"analyst", action == Action::"select", resource in Namespace::"shop");
@id("no pii") forbid(principal, action == Action::"select", resource) when { resource.tags.contains("pii") };
@id("loader") permit(principal == Service::"etl", action == Action::"insert", resource == Table::"shop.orders");
@id("keeper") permit(principal == Service::"keeper", action == Action::"maintain", resource in Namespace::"shop");
@id("own") permit(principal == User::"cat", action, resource in Namespace::"mine");
@id("people") permit(principal == User::"cat", action in [Action::"alter", Action::"drop"], resource == Table::"shop.people");
`

// tagged are policies, and the tables that have personal data.
func tagged(set *policy.Set, pii ...string) func() policy.Tables {
	tags := func(t ident.Table) []string {
		if slices.Contains(pii, t.Key()) {
			return []string{"pii"}
		}
		return nil
	}
	return func() policy.Tables { return policy.Tables{Set: set, Tags: tags} }
}

// governed has shop.orders, shop.people with personal data, the view
// shop.summary, secret.plans and the namespace mine; and who may do less than
// everything, by their names.
func governed(t *testing.T) (c *catalog, as map[string]*catalog) {
	t.Helper()
	c = withOrders(t)
	for _, request := range []string{
		`POST /v1/namespaces/shop/tables {"name":"people","schema":` + columns + `}`,
		`POST /v1/namespaces {"namespace":["secret"],"properties":{"note":"of the board"}}`,
		`POST /v1/namespaces/secret/tables {"name":"plans","schema":` + columns + `}`,
		`POST /v1/namespaces {"namespace":["mine"]}`,
		`POST /v1/namespaces/secret/views {"name":"summary","schema":` + columns + `,"view-version":{"version-id":1,"schema-id":0,"timestamp-ms":1,
			"default-namespace":["shop"],"summary":{},"representations":[{"type":"sql","sql":"select 1","dialect":"duckdb"}]}}`,
	} {
		c.want(request, 200)
	}
	set, err := policy.Compile([]policy.File{{Name: "house.cedar", Text: []byte(house)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.server.Policies = tagged(set, "shop.people")
	as = map[string]*catalog{}
	for _, n := range []identity.New{
		{Kind: identity.User, Name: "bob", Roles: []identity.Role{"analyst"}}, {Kind: identity.User, Name: "cat"}, {Kind: identity.User, Name: "none"},
		{Kind: identity.Service, Name: "etl"}, {Kind: identity.Service, Name: "keeper"},
		{Kind: identity.User, Name: "ada", Roles: []identity.Role{identity.Owner}},
	} {
		n.By, n.Password = owner, secret.New(passphrase)
		if err := c.known.Add(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		_, token := c.token(n.Name, identity.Read, identity.Write)
		as[n.Name] = c.as(token)
	}
	return c, as
}

// commit is a request that changes shop.orders.
func commit(updates string) string {
	return `POST /v1/namespaces/shop/tables/orders {"requirements":[],"updates":[` + updates + `]}`
}

func snapshot(operation string) string {
	return `{"action":"add-snapshot","snapshot":{"snapshot-id":7,"sequence-number":1,"timestamp-ms":1,"manifest-list":"mem:///x","schema-id":0,"summary":{"operation":"` + operation + `"}}}`
}

// TestWhoMayNotCannotByAnyRequest: each request is one that policies do not
// permit, and gets the answer of a table that is not there, or a denial.
func TestWhoMayNotCannotByAnyRequest(t *testing.T) {
	c, as := governed(t)
	c.want("GET /v1/namespaces/secret/tables/plans", 401, "!plans")
	location := between(as["ada"].want("GET /v1/namespaces/secret/tables/plans", 200), `"metadata-location":"`, `"`)
	folder, _, _ := strings.Cut(location, "/metadata/")
	const main = `{"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":`
	for _, attack := range []struct {
		who, request string
		status       int
		texts        []string
	}{
		// What one may do nothing with is not there.
		{"bob", "GET /v1/namespaces/secret/tables/plans", 404, []string{"Table does not exist: secret.plans", "!location"}},
		{"bob", "HEAD /v1/namespaces/secret/tables/plans", 404, nil},
		{"bob", "GET /v1/namespaces/SECRET/tables/Plans", 404, []string{"Table does not exist: SECRET.Plans"}},
		{"bob", "GET /v1/namespaces/secret/views/summary", 404, []string{"View does not exist: secret.summary"}},
		{"bob", "HEAD /v1/namespaces/secret/views/summary", 404, nil},
		{"bob", "POST /v1/namespaces/secret/views/summary " + `{"updates":[]}`, 404, []string{"NoSuchViewException"}},
		{"bob", "DELETE /v1/namespaces/secret/views/summary", 404, []string{"NoSuchViewException"}},
		{"bob", "POST /v1/namespaces/secret/tables/plans/metrics {}", 404, []string{"NoSuchTableException"}},
		{"bob", "DELETE /v1/namespaces/secret/tables/plans?purgeRequested=true", 404, []string{"NoSuchTableException"}},
		{"bob", "GET /v1/namespaces/shop/tables/people", 404, []string{"Table does not exist: shop.people"}},
		{"bob", "GET /v1/namespaces/shop/tables/PEOPLE?snapshots=refs", 404, []string{"Table does not exist"}},
		{"bob", "GET /v1/namespaces", 200, []string{"shop", "!secret", "!mine"}},
		{"bob", "GET /v1/namespaces?parent=secret", 404, []string{"Namespace does not exist: secret"}},
		{"bob", "GET /v1/namespaces/secret", 404, []string{"Namespace does not exist: secret", "!board"}},
		{"bob", "HEAD /v1/namespaces/secret", 404, nil},
		{"bob", "GET /v1/namespaces/secret/tables", 404, []string{"NoSuchNamespaceException", "!plans"}},
		{"bob", "GET /v1/namespaces/secret/views", 404, []string{"NoSuchNamespaceException", "!summary"}},
		{"bob", "GET /v1/namespaces/shop/tables", 200, []string{"orders", "!people"}},
		{"bob", "GET /v1/namespaces/shop/tables?pageSize=1", 200, []string{"orders", "!people"}},
		{"bob", "GET /v1/namespaces/shop/tables?pageSize=1&pageToken=orders", 200, []string{`"identifiers":[]`, `"next-page-token":null`}},
		{"none", "GET /v1/namespaces", 200, []string{`"namespaces":[]`}},
		{"none", "GET /v1/namespaces/shop/tables/orders", 404, []string{"NoSuchTableException"}},
		{"etl", "GET /v1/namespaces/shop/tables/orders", 403, []string{"service:etl may not select shop.orders: no policy permits it"}},
		{"cat", "GET /v1/namespaces/shop/tables/people", 403, []string{`user:cat may not select shop.people: forbidden by policy \"no pii\"`}},
		// Namespaces and new tables.
		{"bob", `POST /v1/namespaces {"namespace":["secret"]}`, 403, []string{"user:bob may not create secret: no policy permits it"}},
		{"bob", `POST /v1/namespaces {"namespace":["fresh"]}`, 403, []string{"user:bob may not create fresh"}},
		{"bob", `POST /v1/namespaces {"name":"x","Namespace":["mine"],"namespace":["secret"]}`, 400, []string{"the key namespace twice"}},
		{"bob", "DELETE /v1/namespaces/secret", 404, []string{"NoSuchNamespaceException"}},
		{"bob", `POST /v1/namespaces/secret/properties {"updates":{"a":"b"}}`, 404, []string{"NoSuchNamespaceException"}},
		{"bob", `POST /v1/namespaces/shop/properties {"updates":{"a":"b"}}`, 403, []string{"user:bob may not alter shop"}},
		{"bob", "POST /v1/namespaces/secret/tables " + orders, 404, []string{"NoSuchNamespaceException"}},
		{"bob", "POST /v1/namespaces/shop/tables " + orders, 403, []string{"user:bob may not create shop.orders"}},
		{"bob", `POST /v1/namespaces/shop/tables {"name":"people","stage-create":true,"schema":` + columns + `}`, 403, []string{"may not create shop.people"}},
		{"bob", `POST /v1/namespaces/shop/views {"name":"v"}`, 403, []string{"may not create shop.v"}},
		{"cat", `POST /v1/namespaces/mine/tables {"name":"copy","location":"` + folder + `","schema":` + columns + `}`, 400, []string{"holds files of another table", "!secret.plans"}},
		{"cat", `POST /v1/namespaces/mine/register {"name":"copy","metadata-location":"` + location + `"}`, 400, []string{"is of another table", "!secret.plans"}},
		{"bob", `POST /v1/namespaces/shop/register {"name":"orders","overwrite":true,"metadata-location":"` + location + `"}`, 403, []string{"may not create"}},
		// Another name, less protection.
		{"cat", `POST /v1/tables/rename {"source":{"namespace":["shop"],"name":"people"},"destination":{"namespace":["mine"],"name":"people"}}`, 403, []string{"may not select shop.people"}},
		{"cat", `POST /v1/tables/rename {"source":{"namespace":["secret"],"name":"plans"},"destination":{"namespace":["mine"],"name":"plans"}}`, 404, []string{"Table does not exist: secret.plans"}},
		{"cat", `POST /v1/views/rename {"source":{"namespace":["secret"],"name":"summary"},"destination":{"namespace":["mine"],"name":"s"}}`, 404, []string{"View does not exist"}},
		// Commits are as much as they say.
		{"bob", commit(snapshot("append")), 403, []string{"user:bob may not insert shop.orders"}},
		{"etl", commit(snapshot("overwrite")), 403, []string{"service:etl may not delete shop.orders"}},
		{"etl", commit(snapshot("delete")), 403, []string{"may not delete"}},
		{"etl", commit(snapshot("replace")), 403, []string{"may not maintain"}},
		{"etl", commit(snapshot("anything")), 403, []string{"may not delete"}},
		{"etl", commit(`{"action":"add-snapshot"}`), 403, []string{"may not delete"}},
		{"etl", commit(snapshot("append") + "," + main + `7},{"action":"set-properties","updates":{"a":"b"}}`), 403, []string{"may not alter"}},
		{"etl", commit(snapshot("append") + "," + main + `5}`), 403, []string{"may not delete"}},
		{"etl", commit(main + `5}`), 403, []string{"may not delete"}},
		{"etl", commit(`{"action":"remove-snapshot-ref","ref-name":"main"}`), 403, []string{"may not delete"}},
		{"etl", commit(`{"action":"remove-snapshots","snapshot-ids":[1]}`), 403, []string{"may not maintain"}},
		{"etl", commit(`{"action":"set-location","location":"mem:///x"}`), 403, []string{"may not alter"}},
		{"etl", commit(""), 403, []string{"may not alter"}},
		{"etl", commit(`{"action":"add-snapshot","snapshot":{"snapshot-id":7,"summary":{"operation":"append","operation":"overwrite"}}}`), 400, []string{"the key operation twice"}},
		{"etl", commit(`{"action":"set-properties","Action":"add-snapshot"}`), 400, []string{"the key action twice"}},
		{"etl", commit(`{"action":"add-snapshot","ſnapshot":{"summary":{"operation":"append"}},"snapshot":{"summary":{"operation":"overwrite"}}}`), 400, []string{"the key snapshot twice"}},
		{"cat", `POST /v1/namespaces/shop/tables/people {"requirements":[{"type":"assert-create"}],"updates":[` + snapshot("append") + `]}`, 403, []string{"may not create"}},
		{"keeper", commit(snapshot("append")), 403, []string{"may not insert"}},
		{"keeper", "DELETE /v1/namespaces/shop/tables/orders", 403, []string{"may not drop"}},
		{"etl", `POST /v1/transactions/commit {"table-changes":[{"identifier":{"namespace":["shop"],"name":"orders"},"requirements":[],"updates":[` + snapshot("append") +
			`]},{"identifier":{"namespace":["secret"],"name":"plans"},"requirements":[],"updates":[` + snapshot("append") + `]}]}`, 404, []string{"Table does not exist: secret.plans"}},
	} {
		as[attack.who].want(attack.request, attack.status, attack.texts...)
	}
	// Nothing has happened.
	as["ada"].want("GET /v1/namespaces/shop/tables", 200, "orders", "people")
	as["ada"].want("GET /v1/namespaces", 200, "mine", "secret", "shop", "!fresh")
	as["ada"].want("GET /v1/namespaces/shop/tables/orders", 200, "!manifest-list")
}

// between is the text behind one and before another.
func between(text, from, to string) string {
	_, rest, found := strings.Cut(text, from)
	if !found {
		return ""
	}
	rest, _, _ = strings.Cut(rest, to)
	return rest
}

// TestWhoMayCan: the same requests are good where policies permit them.
func TestWhoMayCan(t *testing.T) {
	_, as := governed(t)
	as["bob"].want("GET /v1/namespaces/shop/tables/orders", 200, "metadata-location")
	as["bob"].want("GET /v1/namespaces/shop", 200)
	as["cat"].want("GET /v1/namespaces", 200, "mine", "shop", "!secret")
	as["cat"].want("GET /v1/namespaces/shop/tables", 200, "people", "!orders")
	as["cat"].want("POST /v1/namespaces/mine/tables "+orders, 200)
	as["cat"].want(`POST /v1/tables/rename {"source":{"namespace":["mine"],"name":"orders"},"destination":{"namespace":["mine"],"name":"drafts"}}`, 204)
	as["cat"].want(`POST /v1/namespaces {"namespace":["mine","below"]}`, 200)
	as["cat"].want("GET /v1/namespaces?parent=mine", 200, "below")
	as["cat"].want("DELETE /v1/namespaces/shop/tables/people", 204)
	as["cat"].want("DELETE /v1/namespaces/mine/tables/drafts", 204)
	// What goes on behind the decision is the lake's: there is no such file.
	as["etl"].want(commit(snapshot("append")), 400, "!may not")
	as["keeper"].want(commit(snapshot("replace")), 400, "!may not")
	as["ada"].want("GET /v1/namespaces/secret/views/summary", 200, "select 1")
}

// TestAnAnswerIsNotGivenAgainToWhoMayNoMore: what was permitted when it was
// asked first is not when it is asked again.
func TestAnAnswerIsNotGivenAgainToWhoMayNoMore(t *testing.T) {
	c, as := governed(t)
	keyed := as["cat"].with("Idempotency-Key", "0190f5a8-8f2b-7c4e-9f61-1d2c3b4a5968")
	keyed.want("POST /v1/namespaces/mine/tables "+orders, 200, "metadata-location")
	keyed.want("POST /v1/namespaces/mine/tables "+orders, 200, "metadata-location")
	set, err := policy.Compile(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.server.Policies = tagged(set)
	keyed.want("POST /v1/namespaces/mine/tables "+orders, 404, "!metadata-location")
}

// TestWhatIsPublishedMeanwhileIsDecidedAgain: between a decision and the reading
// that it is about, a table may be published with a tag.
func TestWhatIsPublishedMeanwhileIsDecidedAgain(t *testing.T) {
	c, as := governed(t)
	set := c.server.Policies().Set
	for _, r := range []struct {
		request, shows string
		status         int
	}{
		{"GET /v1/namespaces/shop/tables/orders", "metadata-location", 404}, {"HEAD /v1/namespaces/shop/tables/orders", "", 404},
		{"GET /v1/namespaces/shop/tables", `"orders"`, 200},
	} {
		publish := func(tags ...string) {
			if err := c.lake.Publish(t.Context(), lake.Publication{Tags: map[string][]string{"shop.orders": tags}}, nil); err != nil {
				t.Error(err)
			}
		}
		var meanwhile sync.Once
		c.server.Policies = func() policy.Tables {
			return policy.Tables{Set: set, Tags: func(name ident.Table) []string {
				own, _ := c.lake.Tags().Of(name.Key())
				meanwhile.Do(func() { publish("pii") })
				return own
			}}
		}
		if answer := as["bob"].ask(r.request); answer.Code != r.status || r.shows != "" && strings.Contains(answer.Body.String(), r.shows) {
			t.Errorf("%s: %d %s", r.request, answer.Code, answer.Body)
		}
		publish()
		if answer := as["bob"].ask(r.request); answer.Code/100 != 2 || !strings.Contains(answer.Body.String(), r.shows) {
			t.Errorf("%s, without the tag: %d %s", r.request, answer.Code, answer.Body)
		}
	}
}

func TestListsOfManyHiddenNamesAreOfTheVisible(t *testing.T) {
	c, as := governed(t)
	for _, name := range []string{"a", "b", "n1", "n2", "z"} {
		as["ada"].want(`POST /v1/namespaces/shop/tables {"name":"`+name+`","schema":`+columns+`}`, 200)
	}
	c.server.Policies = tagged(c.server.Policies().Set, "shop.people", "shop.a", "shop.n1", "shop.n2", "shop.z")
	var seen []string
	for token := ""; ; {
		text := as["bob"].want("GET /v1/namespaces/shop/tables?pageSize=1"+token, 200)
		if name := between(text, `"name":"`, `"`); name != "" {
			seen = append(seen, name)
		}
		next := between(text, `"next-page-token":"`, `"`)
		if next == "" {
			break
		}
		if !slices.Contains(seen, next) {
			t.Fatalf("the token %s names what is hidden", next)
		}
		token = "&pageToken=" + next
	}
	if strings.Join(seen, " ") != "b orders" {
		t.Errorf("seen are %v", seen)
	}
}

func FuzzUnambiguous(f *testing.F) {
	f.Add([]byte(`{"action":"a","list":[{"x":1},[2,{"y":{}}]],"ACTION":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := unambiguous(text); err != nil && explain(err).status != 400 {
			t.Errorf("%q: %v", text, err)
		}
	})
}
