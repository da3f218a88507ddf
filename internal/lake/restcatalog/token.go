package restcatalog

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/secret"
)

// early is how long before its end a token is no longer used.
const early = 30 * time.Second

// tokens keeps the token that requests show.
type tokens struct {
	asking  sync.Mutex // one asks for a new one at a time
	mu      sync.Mutex
	current secret.Text
	until   time.Time // zero: nobody said
}

func (t *tokens) get() secret.Text {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

func (t *tokens) valid() (secret.Text, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current, !t.current.IsZero() && (t.until.IsZero() || time.Now().Before(t.until))
}

func (t *tokens) set(token secret.Text, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.until = token, until
}

// canRenew reports whether there is something that tokens are given for.
func (c *Client) canRenew() bool { return !c.options.Credential.IsZero() }

// forgetToken is for one that the server refused.
func (c *Client) forgetToken() { c.tokens.set(secret.Text{}, time.Time{}) }

// token returns what the next request shows; the zero value is nothing.
func (c *Client) token(ctx context.Context) (secret.Text, error) {
	if token, ok := c.tokens.valid(); ok || !c.canRenew() {
		return token, nil
	}
	c.tokens.asking.Lock()
	defer c.tokens.asking.Unlock()
	if token, ok := c.tokens.valid(); ok {
		return token, nil
	}
	token, until, err := c.askToken(ctx)
	if err != nil {
		return secret.Text{}, err
	}
	c.tokens.set(token, until)
	return token, nil
}

// client takes the credential apart.
func (c *Client) client() (id string, word secret.Text) {
	id, rest, both := strings.Cut(c.options.Credential.Reveal(), ":")
	if !both {
		return "", c.options.Credential
	}
	return id, secret.New(rest)
}

// askToken exchanges the credential for a token.
func (c *Client) askToken(ctx context.Context) (token secret.Text, until time.Time, err error) {
	at := c.options.TokenURI
	if at == "" {
		at = c.base + "/v1/oauth/tokens"
	}
	id, word := c.client()
	form := url.Values{"grant_type": {"client_credentials"}, "client_secret": {word.Reveal()}, "scope": {c.options.Scope}}
	if id != "" {
		form.Set("client_id", id)
	}
	if c.options.Scope == "" {
		form.Set("scope", "catalog")
	}
	problem := func(why string) error {
		return diag.New("catalog-unauthorised", diag.Place{}, "no token of %s: %s", at, c.hide(why)).
			WithHint("look at catalog.credential, catalog.scope and catalog.oauth2-server-uri in tarn.yml")
	}
	out, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		return token, until, problem(err.Error())
	}
	out.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	out.Header.Set("Accept", "application/json")
	in, err := c.http.Do(out)
	if err != nil {
		return token, until, &failure{cause: problem(err.Error()), unsent: true}
	}
	defer in.Body.Close()
	data, err := io.ReadAll(io.LimitReader(in.Body, 1<<20))
	if err != nil {
		return token, until, &failure{cause: problem(err.Error()), unsent: true}
	}
	var answer struct {
		Token   string  `json:"access_token"`
		Seconds float64 `json:"expires_in"`
		Error   any     `json:"error"`
		Why     string  `json:"error_description"`
	}
	decoded := json.Unmarshal(data, &answer)
	switch {
	case in.StatusCode != http.StatusOK:
		return token, until, problem(strings.TrimSpace(fmt.Sprintf("%d %s %s", in.StatusCode, http.StatusText(in.StatusCode), answer.Why)))
	case decoded != nil || answer.Token == "":
		return token, until, problem("the answer has no access_token")
	}
	if answer.Seconds > 0 {
		until = time.Now().Add(max(time.Duration(answer.Seconds*float64(time.Second))-early, time.Second))
	}
	return secret.New(answer.Token), until, nil
}
