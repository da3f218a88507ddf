// Package icebergrest is for Iceberg's REST catalog protocol: what other
// engines ask of a catalog, in their words, over the lake's own.
//
// It promises that every endpoint which /v1/config lists is there and no other
// is; that a request which fails has changed nothing; that a request which
// repeats an Idempotency-Key is done once and answered as before; and that
// whatever is sent, an error comes as the protocol's own; that nothing is
// done for whom the guard does not let in, or whom policies do not permit it; and
// that what somebody may do nothing with is answered as what is not there. It
// decides nothing of tables: what may become of one is the lake's to say. It
// leaves to others who is known (identity), who may do what (policy), and who
// listens where (serve).
package icebergrest

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/policy"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options say which catalog is served, and to whom.
type Options struct {
	Lake *lake.Lake
	// Writer is whom the lake's changes are made as.
	Writer *lake.Writer
	// DB is the catalog's database, which keeps answers with the changes that
	// they tell of.
	DB *metadb.DB
	// Guard tells who asks, Policies what they may do at that moment; without any,
	// owners do everything and readers read.
	Guard    Guard
	Policies func() policy.Tables
	// Record puts requests on record; nil puts none there.
	Record func(context.Context, audit.Statement) (*audit.Entry, error)
	// Logger receives what went wrong on our side; nil discards it.
	Logger *slog.Logger
	// Observe is told of each request that was answered; nil is nobody.
	Observe func(endpoint string, status int, took time.Duration)
}

// Server answers the protocol's requests. It is safe for concurrent use.
type Server struct {
	Options
	mux *http.ServeMux
}

// Migrate brings the table of answers in the catalog database up to date.
func Migrate(ctx context.Context, db *metadb.DB) error {
	return db.MigrateFrom(ctx, "icebergrest", migrations, "migrations")
}

// New returns a server, making the table that it keeps answers in.
func New(ctx context.Context, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(string, int, time.Duration) {}
	}
	if err := Migrate(ctx, o.DB); err != nil {
		return nil, fmt.Errorf("open the REST catalog: %w", err)
	}
	if o.Policies == nil {
		own, err := policy.Default()
		if err != nil {
			return nil, err
		}
		o.Policies = func() policy.Tables { return own }
	}
	s := &Server{Options: o, mux: http.NewServeMux()}
	for _, e := range s.endpoints() {
		s.mux.Handle(strings.Replace(e.name, "/{prefix}", "", 1), s.handler(e))
	}
	s.mux.HandleFunc("POST /v1/oauth/tokens", s.tokens)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, &problem{http.StatusNotFound, "NotFoundException", "There is no endpoint " + r.Method + " " + r.URL.Path})
	})
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// endpoint is one of the protocol's, named as it names them.
type endpoint struct {
	name string
	may  may
	do   func(ctx context.Context, c *call) (answer, error)
}

// configEndpoint is the one that lists the others.
const configEndpoint = "GET /v1/config"

// endpoints is the list that /v1/config gives.
func (s *Server) endpoints() []endpoint {
	const (
		namespace = "/v1/{prefix}/namespaces/{namespace}"
		table     = namespace + "/tables/{table}"
		view      = namespace + "/views/{view}"
	)
	return []endpoint{
		{configEndpoint, anybody, s.config},
		{"GET /v1/{prefix}/namespaces", anybody, s.listNamespaces},
		{"POST /v1/{prefix}/namespaces", mayMakeNamespace, s.createNamespace},
		{"GET " + namespace, maySeeNamespace, s.loadNamespace},
		{"HEAD " + namespace, maySeeNamespace, s.loadNamespace},
		{"DELETE " + namespace, mayInNamespace(policy.Drop), s.dropNamespace},
		{"POST " + namespace + "/properties", mayInNamespace(policy.Alter), s.changeNamespace},
		{"GET " + namespace + "/tables", maySeeNamespace, s.listOf(lake.TableEntry)},
		{"POST " + namespace + "/tables", mayMake, s.createTable},
		{"POST " + namespace + "/register", mayRegister, s.registerTable},
		{"GET " + table, mayDo(lake.TableEntry, policy.Select), s.loadTable},
		{"HEAD " + table, maySee(lake.TableEntry), s.exists(lake.TableEntry)},
		{"POST " + table, mayCommit, s.commitTable},
		{"DELETE " + table, mayDo(lake.TableEntry, policy.Drop), s.drop(lake.TableEntry)},
		{"POST " + table + "/metrics", mayDo(lake.TableEntry, policy.Select), s.reportMetrics},
		{"POST /v1/{prefix}/tables/rename", mayRename(lake.TableEntry), s.rename(lake.TableEntry)},
		{"POST /v1/{prefix}/transactions/commit", mayTransact, s.commitTransaction},
		{"GET " + namespace + "/views", maySeeNamespace, s.listOf(lake.ViewEntry)},
		{"POST " + namespace + "/views", mayMake, s.createView},
		{"GET " + view, mayDo(lake.ViewEntry, policy.Select), s.loadView},
		{"HEAD " + view, maySee(lake.ViewEntry), s.exists(lake.ViewEntry)},
		{"POST " + view, mayDo(lake.ViewEntry, policy.Alter), s.commitView},
		{"DELETE " + view, mayDo(lake.ViewEntry, policy.Drop), s.drop(lake.ViewEntry)},
		{"POST /v1/{prefix}/views/rename", mayRename(lake.ViewEntry), s.rename(lake.ViewEntry)},
	}
}

// config tells clients what there is.
func (s *Server) config(context.Context, *call) (answer, error) {
	names := []string{}
	for _, e := range s.endpoints() {
		if e.name != configEndpoint {
			names = append(names, e.name)
		}
	}
	return ok(map[string]any{"defaults": map[string]string{}, "overrides": map[string]string{},
		"endpoints": names, "idempotency-key-lifetime": repliesLastISO}), nil
}
