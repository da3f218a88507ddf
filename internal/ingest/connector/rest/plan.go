package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/secret"
)

const (
	defaultRetries  = 5
	defaultTimeout  = 60
	defaultMaxPages = 100_000
)

// plan is what is asked of an API.
type plan struct {
	client *client
	// parent is nil where the request is made once.
	parent *request
	// fields of a parent's record, by the name that stands for them.
	fields map[string]string
	main   request
	// cursorParam asks for what is new.
	cursorParam string
}

// request is one request and the pages that follow it.
type request struct {
	url      string
	params   map[string]string
	records  []string
	paging   paging
	maxPages int64
}

// newPlan reads the options.
func newPlan(s connector.Settings, given map[string]connector.Option) (*plan, error) {
	var problems diag.Problems
	p := &plan{client: newClient(s)}
	p.main = request{maxPages: s.Number("max_pages", defaultMaxPages)}
	p.main.url, _ = s.Text("url")
	if p.main.url == "" {
		problems.Errorf("missing-key", diag.Place{}, "nothing says where the API is").WithHint("write url: https://api.example.com/v1/orders")
	}
	p.cursorParam, _ = s.Text("cursor_param")
	records, _ := s.Text("records")
	p.main.records = splitPath(records)
	tree := func(name string) *decoder {
		return &decoder{tree: s[name], what: name, place: given[name].Place, problems: &problems}
	}
	p.main.params = tree("params").open(p.client)
	p.client.headers = tree("headers").open(p.client)
	p.main.paging = tree("paging").paging()
	tree("auth").auth(p.client)
	p.forEach(tree("for_each"))
	p.checkURL(p.main.url, given["url"].Place, &problems)
	return p, problems.Err()
}

// forEach reads the request that this one is made for each record of.
func (p *plan) forEach(d *decoder) {
	if d.tree == nil {
		return
	}
	m := d.fields("url", "params", "records", "paging", "fields")
	p.parent = &request{url: d.text(m["url"]), records: splitPath(d.text(m["records"])), maxPages: p.main.maxPages}
	sub := func(name string) *decoder {
		return &decoder{tree: m[name], what: d.what + "." + name, place: d.place, problems: d.problems}
	}
	p.parent.params, p.parent.paging, p.fields = sub("params").open(p.client), sub("paging").paging(), sub("fields").texts()
	if p.parent.url == "" || len(p.fields) == 0 {
		d.problems.Errorf("missing-key", d.place, "for_each lacks url or fields").
			WithHint("write for_each: {url: https://api.example.com/v1/orders, records: items, fields: {order_id: id}}, and {order_id} in url")
	}
	p.checkURL(p.parent.url, d.place, d.problems)
}

// checkURL refuses addresses that are none, and such that hold passwords.
func (p *plan) checkURL(text string, place diag.Place, problems *diag.Problems) {
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		problems.Errorf("bad-value", place, "%q is not the address of an API", text).WithHint("it starts with https:// or http://")
	case u.User != nil:
		problems.Errorf("secret-in-project", place, "the url holds a user or password").WithHint("write auth: {basic: {user: …, password: \"${env:…}\"}}")
	case strings.Contains(text, "${"):
		problems.Errorf("bad-value", place, "the url holds a reference, which is not looked up there").
			WithHint("write auth: {query: {name: …, value: \"${env:…}\"}}, or another kind of auth")
	}
}

// run makes all requests; each gets the records. since is what the cursor's
// parameter is set to, "" for nothing.
func (p *plan) run(ctx context.Context, since string, each func(json.RawMessage) error) error {
	main := p.main
	if p.cursorParam != "" && since != "" {
		main.params = maps.Clone(main.params)
		if main.params == nil {
			main.params = map[string]string{}
		}
		main.params[p.cursorParam] = since
	}
	if p.parent == nil {
		return p.client.pages(ctx, main, each)
	}
	return p.client.pages(ctx, *p.parent, func(parent json.RawMessage) error {
		values, err := p.values(parent)
		if err != nil {
			return err
		}
		return p.client.pages(ctx, main.with(values), func(record json.RawMessage) error {
			joined, err := join(values, record)
			if err != nil {
				return err
			}
			return each(joined)
		})
	})
}

// values are the fields of a parent's record that stand in the request.
func (p *plan) values(parent json.RawMessage) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	for name, path := range p.fields {
		v, err := find(parent, splitPath(path))
		if err != nil || v == nil || string(v) == "null" {
			return nil, problem("for-each", "a record of for_each has no field %s", path).WithHint("it is %s", short(parent))
		}
		values[name] = v
	}
	return values, nil
}

// with puts values in the place of their names.
func (r request) with(values map[string]json.RawMessage) request {
	var inURL, plain []string
	for name, v := range values {
		text := scalar(v)
		inURL = append(inURL, "{"+name+"}", url.PathEscape(text))
		plain = append(plain, "{"+name+"}", text)
	}
	r.url = strings.NewReplacer(inURL...).Replace(r.url)
	params := map[string]string{}
	for k, v := range r.params {
		params[k] = strings.NewReplacer(plain...).Replace(v)
	}
	r.params = params
	return r
}

// decoder reads the tree of an option.
type decoder struct {
	tree     any
	what     string
	place    diag.Place
	problems *diag.Problems
}

func (d *decoder) bad(format string, args ...any) {
	d.problems.Errorf("bad-option", d.place, "option %q: %s", d.what, fmt.Sprintf(format, args...))
}

// fields are the keys of a mapping; others than the known ones are problems.
func (d *decoder) fields(known ...string) map[string]any {
	m, ok := d.tree.(map[string]any)
	if !ok {
		d.bad("a mapping is expected")
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if len(known) > 0 && !slices.Contains(known, key) {
			d.bad("unknown key %q; known are %s", key, strings.Join(known, ", "))
		}
	}
	return m
}

// text reads a scalar that is no secret.
func (d *decoder) text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v)
	case secret.Text:
		return v.Reveal()
	default:
		d.bad("a text is expected, not %v", v)
		return ""
	}
}

// texts reads a mapping of texts.
func (d *decoder) texts() map[string]string {
	if d.tree == nil {
		return nil
	}
	texts := map[string]string{}
	for k, v := range d.fields() {
		texts[k] = d.text(v)
	}
	return texts
}

// open is texts of what is sent along; those that are secrets by their names must
// come from a place for secrets, and none that does is shown.
func (d *decoder) open(c *client) map[string]string {
	m, _ := d.tree.(map[string]any)
	for name, v := range m {
		t, kept := v.(secret.Text)
		switch {
		case kept:
			c.uses(t)
		case secret.Names(name):
			d.secret(v)
		}
	}
	return d.texts()
}

// secret reads a text that must come from a place for secrets.
func (d *decoder) secret(v any) secret.Text {
	if t, ok := v.(secret.Text); ok {
		return t
	}
	d.problems.Errorf("secret-in-project", d.place, "option %q holds a secret that everybody sees who reads the project, or lacks one", d.what).
		WithHint("write a reference such as \"${env:API_TOKEN}\"")
	return secret.Text{}
}
