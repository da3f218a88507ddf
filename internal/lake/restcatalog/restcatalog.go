// Package restcatalog is for catalogs that somebody else keeps: a client of
// Iceberg's REST protocol.
//
// It promises that a request which changes nothing is repeated where that
// helps, and one which changes something only where the server cannot have done
// it, or said that it knows repetitions; that where nobody can say whether a
// change was made the error is [ErrOutcomeUnknown]; that all other errors name
// the server's reason and what to do; and that no error shows a secret. It
// leaves to lake what metadata mean, and knows tables as JSON.
package restcatalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/secret"
)

// Errors that callers tell apart.
var (
	// ErrNotFound: there is no such table, view or namespace.
	ErrNotFound = errors.New("it is not in the catalog")
	// ErrConflict: what the change requires is no longer so, or a name is taken.
	ErrConflict = errors.New("the catalog has changed in between")
	// ErrOutcomeUnknown: the change may have been made or not.
	ErrOutcomeUnknown = errors.New("nobody can say whether the catalog made the change")
)

// Kind is what a name stands for, as the protocol's paths say it.
type Kind string

// The kinds.
const (
	Tables Kind = "tables"
	Views  Kind = "views"
)

// Options say which catalog, and as whom.
type Options struct {
	// URI is the server's, without /v1.
	URI string
	// Warehouse and Prefix choose one of several catalogs; "" leaves it to the
	// server.
	Warehouse, Prefix string
	// Token is shown as it is. Credential is "client:secret", or a secret alone,
	// for which TokenURI gives tokens (default: the catalog itself) of a Scope
	// (default: catalog).
	Token, Credential secret.Text
	TokenURI, Scope   string
	// Client makes the requests; default is one that knows the proxies of the
	// environment and gives up after a minute.
	Client *http.Client
	// Backoff is the first wait before a request is repeated; default 100 ms.
	Backoff time.Duration
}

// Client talks to one catalog. It is safe for concurrent use.
type Client struct {
	options   Options
	http      *http.Client
	base      string // with the prefix
	endpoints []string
	// idempotent: the server keeps answers to requests that have a key.
	idempotent bool
	properties map[string]string
	tokens     tokens
	known      known
}

// defaultEndpoints are those of servers that do not say which they have.
var defaultEndpoints = []string{
	"GET /v1/{prefix}/namespaces", "POST /v1/{prefix}/namespaces",
	"GET /v1/{prefix}/namespaces/{namespace}", "DELETE /v1/{prefix}/namespaces/{namespace}",
	"GET /v1/{prefix}/namespaces/{namespace}/tables", "POST /v1/{prefix}/namespaces/{namespace}/tables",
	"GET /v1/{prefix}/namespaces/{namespace}/tables/{table}", "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}",
	"DELETE /v1/{prefix}/namespaces/{namespace}/tables/{table}",
}

// Open asks the server what it has.
func Open(ctx context.Context, o Options) (*Client, error) {
	c := &Client{options: o, http: o.Client, base: strings.TrimRight(o.URI, "/")}
	if c.http == nil {
		c.http = newHTTP()
	}
	if c.options.Backoff == 0 {
		c.options.Backoff = 100 * time.Millisecond
	}
	c.tokens.current = o.Token
	var config struct {
		Defaults, Overrides map[string]string
		Endpoints           []string
		Lifetime            string `json:"idempotency-key-lifetime"`
	}
	path := "/v1/config"
	if o.Warehouse != "" {
		path += "?warehouse=" + url.QueryEscape(o.Warehouse)
	}
	if _, err := c.do(ctx, request{method: http.MethodGet, path: path, answer: &config}); err != nil {
		return nil, fmt.Errorf("open the catalog at %s: %w", c.base, err)
	}
	c.properties = config.Defaults
	if c.properties == nil {
		c.properties = map[string]string{}
	}
	if o.Prefix != "" {
		c.properties["prefix"] = o.Prefix
	}
	for key, value := range config.Overrides {
		c.properties[key] = value
	}
	if at := c.properties["uri"]; at != "" {
		c.base = strings.TrimRight(at, "/")
	}
	c.endpoints, c.idempotent = config.Endpoints, config.Lifetime != ""
	if len(c.endpoints) == 0 {
		c.endpoints = defaultEndpoints
	}
	return c, nil
}

// newHTTP is a client of its own: what it keeps open is its owner's to close.
func newHTTP() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 8
	return &http.Client{Transport: t, Timeout: time.Minute}
}

// Close closes the connections that nothing uses.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// Place tells which catalog it is, for people and for telling two apart.
func (c *Client) Place() string {
	place := c.base
	for _, part := range []string{c.properties["prefix"], c.options.Warehouse} {
		if part != "" {
			place += " " + part
		}
	}
	return place
}

// Property returns what the server says of itself, "" where it says nothing.
func (c *Client) Property(name string) string { return c.properties[name] }

// Atomic reports whether several tables can change at once.
func (c *Client) Atomic() bool { return c.Supports("POST /v1/{prefix}/transactions/commit") }

// HasViews reports whether there are views.
func (c *Client) HasViews() bool {
	return c.Supports("GET /v1/{prefix}/namespaces/{namespace}/views")
}

// Supports reports whether the server has an endpoint, named as the protocol
// names it.
func (c *Client) Supports(endpoint string) bool { return slices.Contains(c.endpoints, endpoint) }

// path is that of something in the catalog.
func (c *Client) path(parts ...string) string {
	var b strings.Builder
	b.WriteString("/v1")
	if prefix := c.properties["prefix"]; prefix != "" {
		for part := range strings.SplitSeq(prefix, "/") {
			b.WriteString("/" + url.PathEscape(part))
		}
	}
	for _, part := range parts {
		b.WriteString("/" + url.PathEscape(part))
	}
	return b.String()
}

// levels separates the levels of a namespace in paths.
const levels = "\x1f"

func joined(namespace string) string { return strings.ReplaceAll(namespace, ".", levels) }

// identifier is a name as requests have it.
type identifier struct {
	Namespace []string `json:"namespace"`
	Name      string   `json:"name"`
}

func identify(t ident.Table) identifier {
	return identifier{Namespace: strings.Split(t.Namespace, "."), Name: t.Name}
}

func encode(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write a request to the catalog: %w", err)
	}
	return body, nil
}
