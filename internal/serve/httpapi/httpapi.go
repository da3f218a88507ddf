// Package httpapi is for programs that ask over HTTP, in JSON: queries as jobs
// or as streams of rows, and what the project knows of its tables and runs.
//
// It promises:
//
//  1. Whoever is not let in learns nothing but that; what somebody may not see is
//     answered as what is not there.
//  2. A statement reaches the lake through the gate, for who asked, and not
//     otherwise. What a job has found is for who asked for it, and for as long as
//     it passes the gate. What runs for somebody whose token ends, or who is
//     disabled, is stopped soon after; what it would change is published for who
//     asked as they are then, or not at all.
//  3. Rows stream: neither a large result nor a slow client takes more memory
//     than a batch of rows. A client that goes has its statement stopped.
//  4. Jobs are bounded in number, size and age, and nothing of them outlives the
//     process.
//  5. An error is a problem (RFC 9457) with Tarn's code, place and hint. A stream
//     that fails after it began is cut off, so that nobody takes it for whole.
//  6. /api/openapi.json describes what there is; it is made of the code.
//
// It leaves to others what statements may do (gate), who is known (identity) and
// who listens where (serve).
package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/serve/reply"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// Guard lets principals in; [identity.Guard] is one.
type Guard interface {
	// Bearer lets in who shows a token from an address.
	Bearer(ctx context.Context, token, from string) (identity.Access, error)
	// Again is who was let in before, as they are at this moment.
	Again(ctx context.Context, was identity.Access) (identity.Access, error)
	// Login gives a token for a while.
	Login(ctx context.Context, l identity.Login) (identity.Given, error)
}

// Options say what is served, and to whom; zero values are the defaults.
type Options struct {
	Guard Guard
	Gate  *gate.Gate
	// Scope returns what names mean now.
	Scope func(context.Context) (gate.Scope, error)
	// Admission says which statements may run now; nil is one with the defaults.
	Admission *admission.Queue
	// Transactions are for statements that change something, and Notes for those
	// that may be sent again; nil refuses them all.
	Transactions *workspace.Transactions
	Notes        *reply.Notes
	// Record puts a statement on record, before it runs; nil records none.
	Record func(context.Context, audit.Statement) (*audit.Entry, error)
	// Project is what is known of the project; nil is nothing.
	Project Project
	// Policies and Directory are what owners may ask, and change; nil is nothing.
	// DirectoryNotes are for changes that may be sent again.
	Policies       Policies
	Directory      *identity.Directory
	DirectoryNotes *reply.Notes
	// Stopping is closed when the server is told to stop; nil is never.
	Stopping <-chan struct{}
	// Spill is the folder for what jobs have found.
	Spill  string
	Limits Limits
	// LookEvery is how often it is looked, while a statement runs or rows are sent,
	// whether who asked may still be here; default 2 s.
	LookEvery time.Duration
	// Version is the program's.
	Version string
	// Logger receives what went wrong on our side; nil discards it.
	Logger *slog.Logger
	// Observe is told of each request that was answered; nil is nobody.
	Observe func(endpoint string, status int, took time.Duration)
}

// Server answers requests below /api/. It is safe for concurrent use.
type Server struct {
	Options
	mux    *http.ServeMux
	logins logins
	jobs   *jobs
}

// Root is where the API is; the report is at /.
const Root = "/api/"

// New returns a server, which must be closed.
func New(o Options) (*Server, error) {
	if o.Guard == nil || o.Gate == nil || o.Scope == nil || o.Spill == "" {
		return nil, errors.New("an HTTP API needs a guard, a gate, a scope and a folder")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Admission == nil {
		o.Admission = admission.New(admission.Limits{})
	}
	if o.Observe == nil {
		o.Observe = func(string, int, time.Duration) {}
	}
	defaults(&o.LookEvery, 2*time.Second)
	o.Limits = o.Limits.withDefaults()
	s := &Server{Options: o, mux: http.NewServeMux()}
	s.jobs = newJobs(s)
	api := humago.New(s.mux, s.config())
	s.describe(api)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, problemf(http.StatusNotFound, "unknown-endpoint", "there is no endpoint %s %s", r.Method, r.URL.Path).
			hinted(Root+"openapi.json lists them"))
	})
	return s, nil
}

// Close stops the jobs and waits for their end.
func (s *Server) Close() error {
	s.jobs.close()
	return nil
}

func (s *Server) config() huma.Config {
	c := huma.DefaultConfig("Tarn", s.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = Root+"openapi", "", ""
	c.CreateHooks = nil
	c.Transformers = []huma.Transformer{ownProblem}
	c.RejectUnknownQueryParameters = true
	c.Info.Description = "Queries over the tables of a Tarn project, and what is known of its tables and runs."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":    {Type: "http", Scheme: "bearer", Description: "A token that `tarn token` made, or that a login gave."},
		"password": {Type: "http", Scheme: "basic", Description: "A user's name and password, or a token as the password."},
	}
	c.Security = []map[string][]string{{"token": {}}, {"password": {}}}
	return c
}

// describe adds all endpoints.
func (s *Server) describe(api huma.API) {
	s.describeQueries(api)
	s.describeTables(api)
	s.describeRuns(api)
	s.describeStatements(api)
	s.describeProject(api)
	s.describeOwners(api)
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} {
		delete(api.OpenAPI().Components.Schemas.Map(), unused)
	}
}

// longestBody is how long a client may take to send what it asks.
const longestBody = 30 * time.Second

// add adds an endpoint.
func add[I, O any](s *Server, api huma.API, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	op.BodyReadTimeout = longestBody
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = problemResponse(api)
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		call := callOf(ctx)
		call.patient()
		out, err := do(ctx, in)
		if err != nil {
			return nil, s.explain(call, err)
		}
		return out, nil
	})
}
