package icebergrest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/secret"
)

const passphrase = "correct horse battery"

// withPeople has an owner, a reader, somebody without a role, and a service
// principal whose group owns everything; and the table shop.orders.
func withPeople(t *testing.T) *catalog {
	t.Helper()
	c := withOrders(t)
	add := func(kind identity.Kind, name string, groups []string, roles ...identity.Role) {
		if err := c.known.Add(t.Context(), identity.New{Kind: kind, Name: name, Roles: roles, Groups: groups, Password: secret.New(passphrase), By: owner}); err != nil {
			t.Fatal(err)
		}
	}
	add(identity.Group, "loaders", nil, identity.Owner)
	add(identity.User, "ada", nil, identity.Owner)
	add(identity.User, "grace", nil, identity.Reader)
	add(identity.User, "linus", nil)
	add(identity.Service, "etl", []string{"loaders"})
	return c
}

// token makes a token for a day.
func (c *catalog) token(name string, scopes ...identity.Scope) (id, text string) {
	c.t.Helper()
	t, s, err := c.known.CreateToken(c.t.Context(), identity.NewToken{Principal: name, Scopes: scopes, Lasts: 24 * time.Hour, By: owner})
	if err != nil {
		c.t.Fatal(err)
	}
	return t.ID, s.Reveal()
}

func (c *catalog) as(token string) *catalog { return c.with("Authorization", "Bearer "+token) }

// login asks for a token with a form of names and values.
func (c *catalog) login(status int, form ...string) map[string]any {
	c.t.Helper()
	values := url.Values{"grant_type": {clientCredentials}}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	text := c.with("Content-Type", "application/x-www-form-urlencoded").want("POST /v1/oauth/tokens "+values.Encode(), status)
	answer := map[string]any{}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		c.t.Fatal(err)
	}
	return answer
}

func given(answer map[string]any) string {
	text, _ := answer["access_token"].(string)
	return text
}

// Each endpoint is asked with each token: what changes something is for writing.
func TestEachEndpointIsForTheTokensOfItsScope(t *testing.T) {
	c := withPeople(t)
	all := []identity.Scope{identity.Read, identity.Write}
	_, ada := c.token("ada", all...)
	_, onlyRead := c.token("ada", identity.Read)
	_, onlyWrite := c.token("ada", identity.Write)
	_, grace := c.token("grace", all...)
	_, linus := c.token("linus", all...)
	_, etl := c.token("etl", all...)
	const refused = http.StatusForbidden
	for _, e := range c.server.endpoints() {
		method, path, _ := strings.Cut(e.name, " ")
		path = strings.NewReplacer("/{prefix}", "", "{namespace}", "nowhere", "{table}", "x", "{view}", "x").Replace(path)
		reads := method == http.MethodGet || method == http.MethodHead || strings.HasSuffix(path, "/metrics")
		for name, who := range map[string]struct {
			token       string
			read, write bool
		}{
			"the owner": {ada, true, true}, "a group's owner": {etl, true, true}, "a token to read": {onlyRead, true, false},
			"a token to write": {onlyWrite, false, true},
		} {
			may := reads && who.read || !reads && who.write || e.name == configEndpoint
			answer := c.as(who.token).ask(method + " " + path + " {}")
			if (answer.Code != refused) != may || answer.Code == http.StatusUnauthorized {
				t.Errorf("%s asks %s: %d %s", name, e.name, answer.Code, answer.Body)
			}
		}
		if answer := c.ask(method + " " + path + " {}"); answer.Code != http.StatusUnauthorized || answer.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("nobody asks %s: %d %s", e.name, answer.Code, answer.Body)
		}
	}
	c.as(onlyRead).want("DELETE /v1/namespaces/shop/tables/orders", 403, "ForbiddenException", "user:ada is not for this: it lacks the scope write")
	c.as(grace).want("DELETE /v1/namespaces/shop/tables/orders", 403, "user:grace may not drop shop.orders: no policy permits it")
	c.as(linus).want("GET /v1/namespaces/shop/tables/orders", 404, "Table does not exist: shop.orders", "!metadata-location")
	c.as(grace).want("GET /v1/namespaces/shop/tables/orders", 200, "metadata-location")
	c.as(etl).want("DELETE /v1/namespaces/shop/tables/orders", 204)
}

func TestWhatHasEndedIsRefusedFromTheNextRequestOn(t *testing.T) {
	for _, one := range []struct {
		name string
		end  func(c *catalog, id string) error
		want string
	}{
		{"expired", func(c *catalog, _ string) error { c.now = c.now.Add(24 * time.Hour); return nil }, "The token has expired"},
		{"revoked", func(c *catalog, id string) error { _, err := c.known.RevokeToken(c.t.Context(), id); return err }, "The token was revoked"},
		{"disabled", func(c *catalog, _ string) error { return c.known.Disable(c.t.Context(), "ada") }, "is disabled"},
		{"removed", func(c *catalog, _ string) error { return c.known.Remove(c.t.Context(), "ada", identity.User) }, "not good here"},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := withPeople(t)
			id, token := c.token("ada", identity.Read)
			short := given(c.login(200, "client_id", "ada", "client_secret", token))
			for _, text := range []string{token, short} {
				c.as(text).want("GET /v1/namespaces", 200)
			}
			if err := one.end(c, id); err != nil {
				t.Fatal(err)
			}
			c.as(token).want("GET /v1/namespaces", 401, "NotAuthorizedException", one.want)
			c.as(short).want("GET /v1/namespaces", 401, "NotAuthorizedException")
			c.login(401, "client_secret", token)
			c.login(401, "grant_type", tokenExchange, "subject_token", short)
		})
	}
}

func TestATokenIsOfItsOwnProjectAndWhole(t *testing.T) {
	c, other := withPeople(t), withPeople(t)
	id, token := c.token("ada", identity.Read)
	_, foreign := other.token("ada", identity.Read)
	for _, text := range []string{
		foreign, credential.NewToken(), token[:len(token)-1], token[:len(token)-1] + "?", "x" + token, strings.ToUpper(token), id, credential.TokenHash(token), "tarn.99999999999.AAAA",
	} {
		c.as(text).want("GET /v1/namespaces", 401, "not good here", "!"+token)
	}
	for header, status := range map[string]int{
		"": 401, "Bearer": 401, "Bearer ": 401, token: 401, "Basic " + token: 401, "Bearer " + token: 200, "bearer  " + token + " ": 200,
	} {
		c.with("Authorization", header).want("GET /v1/namespaces", status)
	}
	c.as("").want("GET /v1/namespaces?token="+token, 401)
}

func TestCredentialsGiveATokenForAWhile(t *testing.T) {
	c := withPeople(t)
	_, token := c.token("etl", identity.Read, identity.Write)
	for i, form := range [][]string{
		{"client_id", "etl", "client_secret", token}, {"client_secret", token, "scope", "catalog"}, {"client_id", "ada", "client_secret", passphrase, "scope", "PRINCIPAL_ROLE:ALL"},
	} {
		answer := c.login(200, form...)
		if answer["scope"] != "read write" || answer["expires_in"] != 3600.0 || answer["token_type"] != "bearer" {
			t.Errorf("%q: %v", form, answer)
		}
		c.as(given(answer)).want(`POST /v1/namespaces {"namespace":["n`+strconv.Itoa(i)+`"]}`, 200)
	}
	narrow := c.login(200, "client_id", "etl", "client_secret", token, "scope", "catalog read")
	if narrow["scope"] != "read" {
		t.Error(narrow)
	}
	c.as(given(narrow)).want(`POST /v1/namespaces {"namespace":["m"]}`, 403, "lacks the scope write")
	renewed := c.login(200, "grant_type", tokenExchange, "subject_token", given(narrow))
	c.as(given(renewed)).want(`POST /v1/namespaces {"namespace":["m"]}`, 403)
	c.as(given(renewed)).want(`GET /v1/namespaces`, 200)
	for _, form := range [][]string{
		{"client_id", "ada", "client_secret", token}, {"client_id", "etl", "client_secret", passphrase}, {"client_id", "grace", "client_secret", "wrong"},
		{"client_id", "etl", "client_secret", given(narrow)}, {"client_id", "etl"}, {"client_secret", passphrase}, {},
		{"grant_type", tokenExchange, "subject_token", "x"}, {"grant_type", tokenExchange},
	} {
		if answer := c.login(401, form...); answer["error"] != "invalid_client" || answer["access_token"] != nil {
			t.Errorf("%q: %v", form, answer)
		}
	}
	basic := c.with("Content-Type", "application/x-www-form-urlencoded")
	basic.with("Authorization", "Basic ZXRsOg==").want("POST /v1/oauth/tokens grant_type=client_credentials", 401)
}

func TestGuessingIsToldToWait(t *testing.T) {
	c := withPeople(t)
	_, token := c.token("etl", identity.Read)
	form := c.with("Content-Type", "application/x-www-form-urlencoded")
	guess := func(name string) (n int) {
		for {
			answer := form.ask("POST /v1/oauth/tokens grant_type=client_credentials&client_secret=wrong&client_id=" + name)
			if answer.Code != http.StatusUnauthorized {
				if seconds, err := strconv.Atoi(answer.Header().Get("Retry-After")); answer.Code != http.StatusTooManyRequests || err != nil || seconds < 1 {
					t.Errorf("%d %s %s", answer.Code, answer.Header(), answer.Body)
				}
				return n
			}
			n++
		}
	}
	if known, not := guess("ada"), guess("nobody"); known != not || known > 10 {
		t.Errorf("%d guesses at who is known, %d at who is not", known, not)
	}
	c.login(429, "client_id", "ada", "client_secret", passphrase)
	c.login(200, "client_id", "grace", "client_secret", passphrase)
	c.login(200, "client_id", "etl", "client_secret", token)
	guessed := 0
	for ; c.as("guess").ask("GET /v1/namespaces").Code == http.StatusUnauthorized; guessed++ {
		if guessed > 100 {
			t.Fatal("tokens may be guessed")
		}
	}
	answer := c.as(credential.NewToken()).ask("GET /v1/namespaces")
	if answer.Code != http.StatusTooManyRequests || answer.Header().Get("Retry-After") == "" || !strings.Contains(answer.Body.String(), "TooManyRequestsException") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	c.as(token).want("GET /v1/namespaces", 200)
	c.now = c.now.Add(5 * time.Minute)
	c.login(200, "client_id", "ada", "client_secret", passphrase)
}

// What one asked with an Idempotency-Key is not another's to hear.
func TestARepeatedRequestIsItsPrincipals(t *testing.T) {
	c := withPeople(t)
	all := []identity.Scope{identity.Read, identity.Write}
	_, ada := c.token("ada", all...)
	_, etl := c.token("etl", all...)
	const request = `POST /v1/namespaces {"namespace":["n"],"properties":{"secret":"of ada"}}`
	keyed := c.with("Idempotency-Key", "0190f5a8-8f2b-7c4e-9f61-1d2c3b4a5968")
	keyed.as(ada).want(request, 200, "of ada")
	keyed.as(ada).want(request, 200, "of ada")
	keyed.as(etl).want(request, 422, "!of ada")
	keyed.want(request, 401, "!of ada")
}

func TestTheOwnerIsAskedOnceSomebodyIsKnown(t *testing.T) {
	c := newCatalog(t, "")
	c.want("GET /v1/namespaces", 200)
	open := given(c.login(200))
	if err := c.known.Add(t.Context(), identity.New{Kind: identity.Service, Name: "etl", By: owner}); err != nil {
		t.Fatal(err)
	}
	c.want("GET /v1/namespaces", 401)
	c.as(open).want("GET /v1/namespaces", 401)
	_, token := c.token("etl", identity.Read)
	c.as(token).want("GET /v1/config", 200)
	c.as(token).want("GET /v1/namespaces", 200, `"namespaces":[]`)
}
