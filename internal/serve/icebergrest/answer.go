package icebergrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
)

// answer is what a request is answered with.
type answer struct {
	status int
	// body is JSON, nil for none; or loaded is the state that was asked for.
	body   json.RawMessage
	loaded *lake.Table
	// refsOnly leaves snapshots out that nothing names.
	refsOnly bool
	etag     string
}

// ok is an answer with a body that can be encoded, which our own structs can.
func ok(body any) answer {
	text, err := json.Marshal(body)
	if err != nil {
		return answer{status: http.StatusInternalServerError}
	}
	return answer{status: http.StatusOK, body: text}
}

var done = answer{status: http.StatusNoContent}

// problem is an error as the protocol has it.
type problem struct {
	status int
	kind   string
	text   string
}

// Error returns the message.
func (p *problem) Error() string { return p.text }

func bad(format string, args ...any) error {
	return &problem{http.StatusBadRequest, "BadRequestException", fmt.Sprintf(format, args...)}
}

// reasons are the lake's errors in the protocol's words. A table that is not
// there says so by itself; the word for a view is another.
var reasons = []struct {
	reason error
	status int
	kind   string
}{
	{lake.ErrNoNamespace, http.StatusNotFound, "NoSuchNamespaceException"},
	{lake.ErrNotFound, http.StatusNotFound, "NoSuchTableException"},
	{lake.ErrExists, http.StatusConflict, "AlreadyExistsException"},
	{lake.ErrNotEmpty, http.StatusConflict, "NamespaceNotEmptyException"},
	{lake.ErrRequirement, http.StatusConflict, "CommitFailedException"},
	{lake.ErrConflict, http.StatusConflict, "CommitFailedException"},
	{lake.ErrUnprocessable, http.StatusUnprocessableEntity, "UnprocessableEntityException"},
	{lake.ErrInvalid, http.StatusBadRequest, "IllegalArgumentException"},
}

// explain finds the protocol's error for any other.
func explain(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	var outside *identity.Refusal
	if errors.As(err, &outside) {
		return kept(outside)
	}
	text := err.Error()
	var refusal *lake.Refusal
	if errors.As(err, &refusal) {
		text = refusal.Message
	}
	for _, r := range reasons {
		if errors.Is(err, r.reason) {
			kind := r.kind
			if errors.Is(err, lake.ErrNotFound) && len(text) > 4 && text[:4] == "View" {
				kind = "NoSuchViewException"
			}
			return &problem{r.status, kind, text}
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &problem{http.StatusServiceUnavailable, "ServiceUnavailableException", "The request was not done: " + text}
	}
	return &problem{http.StatusInternalServerError, "InternalServerError", text}
}

// fail answers with an error.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) int {
	p := explain(err)
	if p.status >= http.StatusInternalServerError {
		s.Logger.Error("a request failed", "method", r.Method, "path", r.URL.Path, "error", err.Error())
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="tarn"`)
	}
	var outside *identity.Refusal
	if errors.As(err, &outside) {
		retryAfter(w, outside)
	}
	return s.send(w, r, p.answer())
}

func (p *problem) answer() answer {
	a := ok(map[string]any{"error": map[string]any{"message": p.text, "type": p.kind, "code": p.status}})
	a.status = p.status
	return a
}

// send writes an answer.
func (s *Server) send(w http.ResponseWriter, r *http.Request, a answer) int {
	parts := [][]byte{a.body}
	if a.loaded != nil {
		var err error
		if parts, err = a.document(r.Context()); err != nil {
			return s.fail(w, r, err)
		}
	}
	if a.etag != "" {
		w.Header().Set("ETag", a.etag)
	}
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if size > 0 {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(size))
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return a.status
	}
	for _, p := range parts {
		if _, err := w.Write(p); err != nil {
			s.Logger.Info("an answer was not taken", "path", r.URL.Path, "error", err.Error())
			break
		}
	}
	return a.status
}

// document is the state that was asked for. Metadata goes out as it is in its
// file: it may be large.
func (a answer) document(ctx context.Context) ([][]byte, error) {
	metadata, err := a.loaded.Document(ctx, a.refsOnly)
	if err != nil {
		return nil, err
	}
	location, err := json.Marshal(a.loaded.Location())
	if err != nil {
		return nil, err
	}
	return [][]byte{[]byte(`{"metadata-location":`), location, []byte(`,"metadata":`), metadata, []byte(`,"config":{}}`)}, nil
}
