package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/serve/reply"
)

// Problem is an error as clients see it (RFC 9457).
type Problem struct {
	Title  string `json:"title" doc:"The status in words."`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"What is wrong, and why."`
	Code   string `json:"code" doc:"A short stable word for the kind of problem."`
	Hint   string `json:"hint,omitempty" doc:"What to do about it."`
	Place  *Place `json:"place,omitempty" doc:"Where the problem is."`
	Errors []Flaw `json:"errors,omitempty" doc:"What is wrong in which part of the request."`

	wait float64
}

// Place is a point in a statement, or in a file of the project.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"`
}

// Flaw is what is wrong in one part of a request.
type Flaw struct {
	Location string `json:"location,omitempty" doc:"Such as body.sql or query.limit."`
	Message  string `json:"message"`
}

const problemType = "application/problem+json"

func problemf(status int, code, format string, args ...any) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: fmt.Sprintf(format, args...)}
}

func (p *Problem) hinted(hint string) *Problem {
	p.Hint = hint
	return p
}

// Error returns what is wrong.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements [huma.ContentTypeFilter].
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders implements [huma.HeadersError].
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="tarn", Basic realm="tarn", charset="UTF-8"`)
	}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.wait))))
	}
	return h
}

// statuses are those of problems that are not about a statement.
var statuses = map[string]int{
	"denied": http.StatusForbidden, "function-refused": http.StatusForbidden, "no-principal": http.StatusForbidden,
	"internal": http.StatusInternalServerError, "query-failed": http.StatusInternalServerError, "io": http.StatusInternalServerError,
	"unreadable-table": http.StatusInternalServerError, "out-of-memory": http.StatusServiceUnavailable,
	"nothing-to-report": http.StatusNotFound, "unknown-run": http.StatusNotFound, "unknown-resource": http.StatusNotFound,
	"statement-too-long": http.StatusRequestEntityTooLarge, admission.QueueFull: http.StatusTooManyRequests, admission.WaitedTooLong: http.StatusTooManyRequests,
	admission.Stopping: http.StatusServiceUnavailable, admission.Stopped: http.StatusServiceUnavailable,
	"conflict": http.StatusConflict, "name-taken": http.StatusConflict, "unknown-user": http.StatusNotFound,
	"unknown-group": http.StatusNotFound, "unknown-token": http.StatusNotFound, "no-member": http.StatusNotFound, "no-such-role": http.StatusNotFound,
}

// problemOf finds the problem for any error.
func problemOf(err error) *Problem {
	var own *Problem
	var refusal *identity.Refusal
	var key *reply.Problem
	var said *diag.Problem
	var full *admission.Refusal
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &refusal) && refusal.Wait > 0:
		p := problemf(http.StatusTooManyRequests, "too-many-guesses", "%s", refusal.Reason)
		p.wait = refusal.Wait.Seconds()
		return p
	case errors.As(err, &refusal):
		return problemf(http.StatusUnauthorized, "not-let-in", "%s", refusal.Reason)
	case errors.As(err, &full):
		p := problemSaid(full.Problem)
		p.Detail, p.wait = p.Detail+": "+full.Detail, full.Retry.Seconds()
		return p
	case errors.As(err, &key):
		return problemf(http.StatusUnprocessableEntity, "bad-key", "%s", key.Reason)
	case errors.As(err, &said):
		return problemSaid(said)
	case errors.Is(err, lake.ErrNotFound):
		return problemf(http.StatusNotFound, "unknown-table", "%v", err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return problemf(http.StatusServiceUnavailable, "not-done", "the request was not done: %v", err)
	}
	return problemf(http.StatusInternalServerError, "internal", "%v", err)
}

func problemSaid(said *diag.Problem) *Problem {
	status, known := statuses[said.Code]
	if !known {
		status = http.StatusUnprocessableEntity
	}
	p := problemf(status, said.Code, "%s", said.Message)
	p.Hint = said.Advice()
	if said.Place.Line > 0 || said.Place.File != "" {
		p.Place = &Place{said.Place.File, said.Place.Line, said.Place.Column}
	}
	return p
}

// explain is the problem of a call, which is logged where it is ours.
func (s *Server) explain(c *call, err error) *Problem {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError && c.r.Context().Err() == nil {
		s.Logger.Error("a request failed", "method", c.r.Method, "path", c.r.URL.Path, "error", err.Error())
	}
	return p
}

// fail answers with an error.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := s.explain(callOf(r.Context()), err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	if r.Method == http.MethodHead {
		return
	}
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.Logger.Info("an answer was not taken", "path", r.URL.Path, "error", err.Error())
	}
}

// ownProblem makes a problem of ours of what the library says of requests. The
// values that it repeats are left out: they may be secret.
func ownProblem(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := problemf(m.Status, "bad-request", "%s", m.Detail)
	if m.Status == http.StatusUnsupportedMediaType {
		p = p.hinted("send JSON, with the header Content-Type: application/json")
	}
	for _, e := range m.Errors {
		p.Errors = append(p.Errors, Flaw{e.Location, e.Message})
	}
	return p, nil
}

func problemResponse(api huma.API) *huma.Response {
	return &huma.Response{Description: "A problem", Content: map[string]*huma.MediaType{
		problemType: {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")},
	}}
}
