package app

import (
	"context"
	"net/http"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/serve"
	"github.com/tarn-lake/tarn/internal/serve/httpapi"
	"github.com/tarn-lake/tarn/internal/serve/reply"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// httpAPI prepares the server for programs that ask over HTTP.
func (a *App) httpAPI(ctx context.Context, s *stores, log *record, queue *admission.Queue, guard *identity.Guard, transactions *workspace.Transactions, metrics *serve.Metrics) (*httpapi.Server, error) {
	notes, err := reply.Open(ctx, s.catalog, nil)
	if err != nil {
		return nil, err
	}
	directoryNotes, err := reply.Open(ctx, s.state, nil)
	if err != nil {
		return nil, err
	}
	project := &toldProject{app: a}
	return httpapi.New(httpapi.Options{
		Guard: guard, Gate: transactions.Gate, Scope: transactions.Scope, Transactions: transactions, Notes: notes, Record: log.submit, Admission: queue, Spill: filepath.Join(a.config.SpillDir(), "results"),
		Project: project, Policies: project, Directory: guard.Directory, DirectoryNotes: directoryNotes, Stopping: ctx.Done(), Version: a.options.Version, Logger: a.options.Logger, Observe: metrics.Observe,
	})
}

// beside serves the API and the report where they are, and another protocol everywhere else.
func beside(api *httpapi.Server, other http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(httpapi.Root, api)
	mux.Handle("GET /{$}", api)
	mux.Handle("/", other)
	return mux
}
