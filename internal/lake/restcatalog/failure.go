package restcatalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// failure is why one attempt at a request came to nothing.
type failure struct {
	// status and what the server says, where it answered.
	status  int
	kind    string
	message string
	after   time.Duration // when it wants to be asked again
	// cause is why there is no answer; unsent: the server never saw the request.
	cause  error
	unsent bool
}

// Error says what happened.
func (f *failure) Error() string {
	if f.cause != nil {
		return f.cause.Error()
	}
	text := fmt.Sprintf("%d %s", f.status, http.StatusText(f.status))
	if f.message != "" {
		text += ": " + f.message
	}
	return text
}

// Unwrap tells what callers ask for.
func (f *failure) Unwrap() error {
	switch {
	case f.status == http.StatusNotFound:
		return ErrNotFound
	case f.status == http.StatusConflict:
		return ErrConflict
	}
	return f.cause
}

// passing reports whether the next attempt may succeed.
func (f *failure) passing() bool {
	switch f.status {
	case 0, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// mayBeDone reports whether a change may have been made nevertheless.
func (f *failure) mayBeDone() bool {
	switch f.status {
	case 0:
		return !f.unsent
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// refused reads the protocol's answer for errors.
func refused(in *http.Response, data []byte) *failure {
	f := &failure{status: in.StatusCode, after: retryAfter(in.Header)}
	var answer struct {
		Error struct{ Message, Type string }
	}
	if json.Unmarshal(data, &answer) == nil {
		f.message, f.kind = answer.Error.Message, answer.Error.Type
	}
	const longest = 500
	if f.message = strings.TrimSpace(f.message); len(f.message) > longest {
		f.message = f.message[:longest] + "…"
	}
	return f
}

// explain makes an error for callers and for people of a failure.
func (c *Client) explain(r request, f *failure, unknown bool) error {
	f.message = c.hide(f.message)
	if unknown {
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, f)
	}
	problem := func(code, hint string, args ...any) error {
		return diag.New(code, diag.Place{}, "the catalog at %s: %s %s: %v", c.base, r.method, r.path, f).WithCause(f).WithHint(hint, args...)
	}
	switch {
	case f.status == http.StatusUnauthorized:
		return problem("catalog-unauthorised", "look at catalog.token or catalog.credential in tarn.yml, at catalog.scope, and at where tokens come from: catalog.oauth2-server-uri")
	case f.status == http.StatusForbidden:
		return problem("catalog-forbidden", "the catalog must grant this principal what the command does: reading for queries, creating and committing for runs")
	case errors.Is(f, ErrNotFound), errors.Is(f, ErrConflict):
		return f
	case f.status == 0:
		return problem("catalog-unreachable", "look whether the catalog runs and takes connections from here: catalog.uri in tarn.yml; proxies: HTTPS_PROXY, NO_PROXY")
	case f.passing():
		return problem("catalog-unavailable", "it was asked %d times; try again later", attempts)
	}
	return problem("catalog-refused", "the words are the catalog's own")
}

// hide takes the secrets of the options, and the token, out of a text.
func (c *Client) hide(text string) string {
	text = c.options.Token.Scrub(c.options.Credential.Scrub(text))
	if _, alone := c.client(); !alone.IsZero() {
		text = alone.Scrub(text)
	}
	return c.tokens.get().Scrub(text)
}

func (c *Client) scrub(err error) error {
	if hidden := c.hide(err.Error()); hidden != err.Error() {
		return errors.New(hidden)
	}
	return err
}
