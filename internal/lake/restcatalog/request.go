package restcatalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

const (
	// attempts is how often a request is sent at most.
	attempts = 5
	// longestWait bounds the wait before a request is repeated, whatever the
	// server asks for.
	longestWait = 30 * time.Second
	// longestAnswer bounds what is read of an answer.
	longestAnswer = 1 << 30
)

// request is one of the protocol's.
type request struct {
	method, path string
	body         any // nil is none
	answer       any // what the answer is read into; nil drops it
	// ifNot is the tag of an answer that is known already.
	ifNot string
	// drafts: it changes nothing, whatever the method says.
	drafts bool
}

// changes reports whether the request may change something.
func (r request) changes() bool {
	return !r.drafts && r.method != http.MethodGet && r.method != http.MethodHead
}

// response is what the server said.
type response struct {
	status int
	tag    string
}

// do sends a request until there is an answer that stands.
func (c *Client) do(ctx context.Context, r request) (response, error) {
	var body []byte
	if r.body != nil {
		var err error
		if body, err = encode(r.body); err != nil {
			return response{}, err
		}
	}
	key := ""
	if r.changes() && c.idempotent {
		id, err := uuid.NewV7()
		if err != nil {
			return response{}, err
		}
		key = id.String()
	}
	renewed, unknown := false, false
	for sent := 1; ; sent++ {
		answer, err := c.once(ctx, r, body, key)
		var failed *failure
		if err == nil || !errors.As(err, &failed) {
			return answer, err
		}
		if failed.status == http.StatusUnauthorized && !renewed && c.canRenew() {
			renewed = true
			c.forgetToken()
			continue
		}
		// A repetition that is refused does not tell what became of the first.
		unknown = unknown || r.changes() && failed.mayBeDone()
		again := failed.passing() && (!unknown || key != "")
		if !again || sent == attempts || ctx.Err() != nil {
			return answer, c.explain(r, failed, unknown && failed.mayBeDone())
		}
		if err := wait(ctx, c.pause(sent, failed.after)); err != nil {
			return answer, c.explain(r, failed, unknown)
		}
	}
}

// once sends a request once.
func (c *Client) once(ctx context.Context, r request, body []byte, key string) (response, error) {
	token, err := c.token(ctx)
	if err != nil {
		return response{}, err
	}
	out, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, bytes.NewReader(body))
	if err != nil {
		return response{}, fmt.Errorf("ask the catalog: %w", err)
	}
	out.Header.Set("Accept", "application/json")
	if body != nil {
		out.Header.Set("Content-Type", "application/json")
	}
	for name, value := range map[string]string{"Idempotency-Key": key, "If-None-Match": r.ifNot} {
		if value != "" {
			out.Header.Set(name, value)
		}
	}
	if !token.IsZero() {
		out.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	in, err := c.http.Do(out)
	if err != nil {
		return response{}, &failure{cause: c.scrub(err), unsent: neverSent(err)}
	}
	defer in.Body.Close()
	answer := response{status: in.StatusCode, tag: in.Header.Get("ETag")}
	data, err := io.ReadAll(io.LimitReader(in.Body, longestAnswer))
	switch {
	case in.StatusCode == http.StatusNotModified:
		return answer, nil
	case in.StatusCode >= http.StatusBadRequest:
		return answer, refused(in, data)
	case err != nil:
		return answer, &failure{cause: c.scrub(err)}
	case r.answer == nil || len(data) == 0:
		return answer, nil
	}
	if err := json.Unmarshal(data, r.answer); err != nil {
		return answer, &failure{cause: fmt.Errorf("the answer is no JSON of the protocol: %w", err)}
	}
	return answer, nil
}

// neverSent reports whether the server cannot have seen the request.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// pause is how long to wait before the next attempt: as long as the server
// asks, or twice as long each time.
func (c *Client) pause(sent int, asked time.Duration) time.Duration {
	d := c.options.Backoff << (sent - 1)
	d += rand.N(d)
	return min(max(d, asked), longestWait)
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryAfter reads the header of that name: seconds, or a date.
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
