package rest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// paging says how pages follow each other.
type paging struct {
	// kind is "", link, cursor, next_url, page or offset.
	kind string
	// param is the parameter for cursor, page or offset; sizeParam that for how
	// many records a page has, which is size.
	param, sizeParam string
	size             int64
	start            int64
	// path is where in an answer the next cursor or URL is; total where it says
	// how many pages (page) or records (offset) there are.
	path, total []string
}

// paging reads `paging:`, a word or a mapping.
func (d *decoder) paging() paging {
	if d.tree == nil {
		return paging{}
	}
	if word, ok := d.tree.(string); ok {
		d.tree = map[string]any{"type": word}
	}
	m := d.fields("type", "param", "size_param", "size", "start", "path", "total")
	p := paging{kind: d.text(m["type"]), param: d.text(m["param"]), sizeParam: d.text(m["size_param"]), path: splitPath(d.text(m["path"])), total: splitPath(d.text(m["total"]))}
	p.size, p.start = d.number(m["size"], 0), d.number(m["start"], -1)
	defaults := map[string][3]string{ // param, size_param, needs
		"link": {}, "next_url": {"", "", "path"}, "cursor": {"cursor", "", "path"},
		"page": {"page", "per_page", ""}, "offset": {"offset", "limit", "size"},
	}
	known, ok := defaults[p.kind]
	switch {
	case !ok:
		d.bad("type is one of link, cursor, next_url, page, offset, not %q", p.kind)
	case known[2] == "path" && len(p.path) == 0:
		d.bad("%s needs path: where in an answer the next one is", p.kind)
	case known[2] == "size" && p.size == 0:
		d.bad("offset needs size: how many records a page has")
	}
	if p.param == "" {
		p.param = known[0]
	}
	if p.sizeParam == "" {
		p.sizeParam = known[1]
	}
	if p.start < 0 {
		p.start = 0
		if p.kind == "page" {
			p.start = 1
		}
	}
	return p
}

func (d *decoder) number(v any, otherwise int64) int64 {
	if v == nil {
		return otherwise
	}
	n, err := strconv.ParseInt(d.text(v), 10, 64)
	if err != nil || n < 0 {
		d.bad("%v is not a whole number from 0 on", v)
	}
	return n
}

// page is one page that was fetched.
type page struct {
	at      *url.URL
	header  http.Header
	answer  json.RawMessage
	records int
	// number counts pages from 0, before the records of those before it.
	number, before int64
}

// first sets the parameters of the first page.
func (p paging) first(u *url.URL) {
	q := u.Query()
	if p.size > 0 && p.sizeParam != "" {
		q.Set(p.sizeParam, strconv.FormatInt(p.size, 10))
	}
	if p.kind == "page" || p.kind == "offset" {
		q.Set(p.param, strconv.FormatInt(p.start, 10))
	}
	u.RawQuery = q.Encode()
}

// next returns where the next page is; nil behind the last.
func (p paging) next(last page) (*url.URL, error) {
	switch p.kind {
	case "link":
		return resolve(last.at, linkNext(last.header))
	case "next_url":
		return p.byAnswer(last, func(text string) (*url.URL, error) { return resolve(last.at, text) })
	case "cursor":
		return p.byAnswer(last, func(text string) (*url.URL, error) { return withParam(last.at, p.param, text), nil })
	case "page":
		if n, ok, err := p.totalOf(last); err != nil || ok && last.number+1 >= n || !ok && p.isLast(last) {
			return nil, err
		}
		return withParam(last.at, p.param, strconv.FormatInt(p.start+last.number+1, 10)), nil
	case "offset":
		seen := last.before + int64(last.records)
		if n, ok, err := p.totalOf(last); err != nil || ok && seen >= n || p.isLast(last) && !ok || last.records == 0 {
			return nil, err
		}
		return withParam(last.at, p.param, strconv.FormatInt(p.start+seen, 10)), nil
	}
	return nil, nil
}

// isLast reports whether a page is the last where no total is told: it is
// empty, or not full.
func (p paging) isLast(last page) bool {
	return last.records == 0 || p.size > 0 && int64(last.records) < p.size
}

func (p paging) byAnswer(last page, make func(string) (*url.URL, error)) (*url.URL, error) {
	v, err := find(last.answer, p.path)
	if err != nil {
		return nil, problem("paging", "the next page: %v", err)
	}
	if text := scalar(v); v != nil && text != "" && text != "null" && text != "false" {
		return make(text)
	}
	return nil, nil
}

// totalOf is how many pages or records there are, where the answer says so.
func (p paging) totalOf(last page) (n int64, ok bool, err error) {
	if len(p.total) == 0 {
		return 0, false, nil
	}
	v, err := find(last.answer, p.total)
	if err != nil || v == nil {
		return 0, false, problem("paging", "the answer does not say how many there are at %s", strings.Join(p.total, "."))
	}
	n, err = strconv.ParseInt(scalar(v), 10, 64)
	if err != nil {
		return 0, false, problem("paging", "%s is %s, not a number", strings.Join(p.total, "."), short(v))
	}
	return n, true, nil
}

var nextLink = regexp.MustCompile(`<([^>]*)>\s*((?:;[^,<]*)*)`)

// linkNext is the target with rel="next" of a Link header (RFC 8288).
func linkNext(h http.Header) string {
	for _, line := range h.Values("Link") {
		for _, m := range nextLink.FindAllStringSubmatch(line, -1) {
			for param := range strings.SplitSeq(m[2], ";") {
				key, value, _ := strings.Cut(strings.TrimSpace(param), "=")
				relations := strings.Fields(strings.ToLower(strings.Trim(value, `"`)))
				if strings.EqualFold(key, "rel") && slices.Contains(relations, "next") {
					return m[1]
				}
			}
		}
	}
	return ""
}

func withParam(u *url.URL, name, value string) *url.URL {
	next := *u
	q := next.Query()
	q.Set(name, value)
	next.RawQuery = q.Encode()
	return &next
}

// resolve returns a page's address; one on another server gets no credentials
// of this one, so it is refused.
func resolve(from *url.URL, text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	next, err := from.Parse(text)
	if err != nil {
		return nil, problem("paging", "the address of the next page, %q, is none", text)
	}
	if next.Host != from.Host || next.Scheme != from.Scheme {
		return nil, problem("other-server", "the next page is at %s://%s, and this one at %s://%s", next.Scheme, next.Host, from.Scheme, from.Host).
			WithHint("credentials are not sent to another server; declare the url that the API names")
	}
	return next, nil
}
