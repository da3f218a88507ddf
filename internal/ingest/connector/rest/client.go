package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/secret"
)

const (
	// largestPage bounds the memory of one answer.
	largestPage = 256 << 20
	// longestWait is the most that a server can make a load wait at once.
	longestWait = 10 * time.Minute
)

// client asks an API.
type client struct {
	http    *http.Client
	headers map[string]string
	// authorise adds the credentials to a request.
	authorise func(*http.Request) error
	// secrets are what must not be shown.
	secrets []secret.Text
	// interval is the least time between two requests, next when one may be
	// made again.
	interval time.Duration
	next     time.Time
	retries  int64
	// pause is how long to wait before the first retry.
	pause time.Duration
}

func newClient(s connector.Settings) *client {
	c := &client{
		retries: s.Number("retries", defaultRetries), pause: time.Second,
		authorise: func(*http.Request) error { return nil },
	}
	c.http = &http.Client{
		Timeout:       time.Duration(s.Number("timeout", defaultTimeout)) * time.Second,
		CheckRedirect: sameServer,
	}
	if n := s.Number("requests_per_minute", 0); n > 0 {
		c.interval = time.Minute / time.Duration(n)
	}
	return c
}

// sameServer lets redirects go on only where credentials may go.
func sameServer(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if r.URL.Host != first.Host || r.URL.Scheme != first.Scheme && r.URL.Scheme != "https" {
		return fmt.Errorf("it redirects to %s://%s, where credentials are not sent: declare that url", r.URL.Scheme, r.URL.Host)
	}
	if len(via) >= 10 {
		return errors.New("it redirects in a circle")
	}
	return nil
}

// pages makes a request and those for the pages behind the first.
func (c *client) pages(ctx context.Context, r request, each func(json.RawMessage) error) error {
	at, err := url.Parse(r.url)
	if err != nil {
		return problem("bad-value", "%q is not the address of an API", r.url)
	}
	q := at.Query()
	for k, v := range r.params {
		q.Set(k, v)
	}
	at.RawQuery = q.Encode()
	r.paging.first(at)
	asked := map[string]bool{}
	for p := (page{at: at}); p.at != nil; p.number++ {
		if asked[p.at.String()] || p.number >= r.maxPages {
			return problem("paging", "the pages do not end: after %d of them the next one is %s again", p.number, c.shown(p.at)).
				WithHint("look at paging:, or allow more with max_pages")
		}
		asked[p.at.String()] = true
		if p.answer, p.header, err = c.get(ctx, p.at); err != nil {
			return err
		}
		records, err := recordsAt(p.answer, r.records)
		if err != nil {
			return problem("no-records", "%s: no records at %s: %v", c.shown(p.at), pathText(r.records), err).
				WithHint("the answer starts %s; write records: for where in it they are", c.scrub(short(p.answer)))
		}
		for _, record := range records {
			if err := each(record); err != nil {
				return err
			}
		}
		p.records = len(records)
		next, err := r.paging.next(p)
		if err != nil {
			return err
		}
		p.before += int64(p.records)
		p.at = next
	}
	return nil
}

func pathText(path []string) string {
	if len(path) == 0 {
		return "the top"
	}
	return strings.Join(path, ".")
}

// get fetches one page, again where it fails for now.
func (c *client) get(ctx context.Context, at *url.URL) (json.RawMessage, http.Header, error) {
	pause := c.pause
	for attempt := int64(0); ; attempt++ {
		if err := c.turn(ctx); err != nil {
			return nil, nil, err
		}
		answer, header, err := c.once(ctx, at)
		var later *laterError
		if err == nil || !errors.As(err, &later) {
			return answer, header, err
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if attempt >= c.retries {
			return nil, nil, problem("api-failed", "%s: %s, %d times", c.shown(at), c.scrub(later.why), attempt+1).
				WithHint("nothing was loaded; try again later, or look whether the API works")
		}
		wait := max(pause, min(later.after, longestWait))
		if err := sleep(ctx, wait); err != nil {
			return nil, nil, err
		}
		pause = min(2*pause, time.Minute)
	}
}

// turn waits until the next request may be made.
func (c *client) turn(ctx context.Context) error {
	if c.interval == 0 {
		return ctx.Err()
	}
	now := time.Now()
	wait := c.next.Sub(now)
	c.next = now.Add(max(wait, 0) + c.interval)
	return sleep(ctx, wait)
}

// sleep waits, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// laterError is a failure that may be gone later.
type laterError struct {
	why string
	// after is how long the server wants to be left alone.
	after time.Duration
}

func (e *laterError) Error() string { return e.why }

// once makes one request.
func (c *client) once(ctx context.Context, at *url.URL) (json.RawMessage, http.Header, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, nil, problem("bad-value", "%s is not the address of an API", c.shown(at))
	}
	r.Header.Set("Accept", "application/json")
	for k, v := range c.headers {
		r.Header.Set(k, v)
	}
	if err := c.authorise(r); err != nil {
		return nil, nil, problem("no-access", "%s", c.scrub(err.Error())).WithHint("look at auth:")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, nil, c.failed(at, err)
	}
	defer answer.Body.Close()
	if err := c.status(at, answer); err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestPage+1))
	switch {
	case err != nil:
		return nil, nil, &laterError{why: "the answer was cut short: " + err.Error()}
	case len(body) > largestPage:
		return nil, nil, problem("too-large", "%s: the answer has more than %d MB", c.shown(at), largestPage>>20).WithHint("ask for smaller pages, with paging:")
	}
	return body, answer.Header, c.isJSON(at, answer, body)
}

// failed tells what cannot work from what may be gone later.
func (c *client) failed(at *url.URL, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	message := c.scrub(err.Error())
	if strings.HasPrefix(message, "it redirects") || strings.Contains(message, "unsupported protocol scheme") {
		return problem("redirect", "%s: %s", c.shown(at), message)
	}
	return &laterError{why: message}
}

// status explains answers that are none.
func (c *client) status(at *url.URL, answer *http.Response) error {
	code := answer.StatusCode
	switch {
	case code == http.StatusOK:
		return nil
	case code == http.StatusTooManyRequests || code >= 500:
		return &laterError{why: "the server answered " + answer.Status, after: retryAfter(answer.Header)}
	}
	head, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // what can be had of a message
	p := problem("api-refused", "%s: the server answered %s: %s", c.shown(at), answer.Status, c.scrub(short(head)))
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return p.WithHint("look at auth:, and whether the credentials may read this")
	case http.StatusNotFound:
		return p.WithHint("look at url:")
	default:
		return p.WithHint("look at url: and params:")
	}
}

// isJSON refuses pages for people, and what is no JSON.
func (c *client) isJSON(at *url.URL, answer *http.Response, body []byte) error {
	if kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type")); err == nil && kind == "text/html" {
		return problem("not-json", "%s answered with a web page, not with JSON", c.shown(at)).WithHint("is it the address of the API, or of its documentation or login?")
	}
	if json.Valid(body) {
		return nil
	}
	return problem("not-json", "%s: the answer is not JSON: %s", c.shown(at), c.scrub(short(body))).WithHint("nothing was loaded; look at url: and headers:")
}

// retryAfter is how long a server wants to be left alone.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return time.Until(at)
	}
	return 0
}

// shown is an address without what may be secret.
func (c *client) shown(at *url.URL) string { return c.scrub(at.String()) }

func (c *client) scrub(s string) string {
	for _, t := range c.secrets {
		s = t.Scrub(s)
	}
	return s
}
