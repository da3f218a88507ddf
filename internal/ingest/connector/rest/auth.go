package rest

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/tarn-lake/tarn/internal/secret"
)

// auth reads `auth:` and lets the client use it.
func (d *decoder) auth(c *client) {
	if d.tree == nil {
		return
	}
	m := d.fields("bearer", "basic", "header", "query", "oauth2")
	if len(m) != 1 {
		d.bad("one of bearer, basic, header, query, oauth2 is expected")
		return
	}
	for kind, v := range m {
		sub := &decoder{tree: v, what: d.what + "." + kind, place: d.place, problems: d.problems}
		switch kind {
		case "bearer":
			token := sub.secret(v)
			c.uses(token)
			c.authorise = func(r *http.Request) error {
				r.Header.Set("Authorization", "Bearer "+token.Reveal())
				return nil
			}
		case "basic":
			sub.basic(c)
		case "header", "query":
			sub.named(c, kind)
		case "oauth2":
			sub.oauth2(c)
		}
	}
}

func (c *client) uses(t secret.Text) { c.secrets = append(c.secrets, t) }

func (d *decoder) basic(c *client) {
	m := d.fields("user", "password")
	user, password := d.text(m["user"]), d.secret(m["password"])
	c.uses(password)
	c.authorise = func(r *http.Request) error {
		r.SetBasicAuth(user, password.Reveal())
		return nil
	}
}

// named is a key in a header or parameter of its own.
func (d *decoder) named(c *client, kind string) {
	m := d.fields("name", "value")
	name, value := d.text(m["name"]), d.secret(m["value"])
	if name == "" {
		d.bad("name is missing")
	}
	c.uses(value)
	c.authorise = func(r *http.Request) error {
		if kind == "header" {
			r.Header.Set(name, value.Reveal())
			return nil
		}
		q := r.URL.Query()
		q.Set(name, value.Reveal())
		r.URL.RawQuery = q.Encode()
		return nil
	}
}

// oauth2 is the grant of client credentials (RFC 6749, 4.4). Tokens are asked
// for when there is none, or it has expired.
func (d *decoder) oauth2(c *client) {
	m := d.fields("token_url", "client_id", "client_secret", "scopes")
	id, key := d.text(m["client_id"]), d.secret(m["client_secret"])
	config := clientcredentials.Config{ClientID: id, ClientSecret: key.Reveal(), TokenURL: d.text(m["token_url"])}
	if config.TokenURL == "" || id == "" {
		d.bad("token_url or client_id is missing")
	}
	if scopes := d.text(m["scopes"]); scopes != "" {
		config.Scopes = strings.Fields(scopes)
	}
	c.uses(key)
	var tokens oauth2.TokenSource
	var last string
	c.authorise = func(r *http.Request) error {
		if tokens == nil {
			tokens = config.TokenSource(context.WithValue(r.Context(), oauth2.HTTPClient, c.http))
		}
		token, err := tokens.Token()
		if err != nil {
			return fmt.Errorf("no token from %s: %w", config.TokenURL, err)
		}
		if token.AccessToken != last {
			last = token.AccessToken
			c.uses(secret.New(last))
		}
		token.SetAuthHeader(r)
		return nil
	}
}
