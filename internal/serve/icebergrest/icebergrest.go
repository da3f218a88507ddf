// Package icebergrest is for Iceberg's REST catalog protocol: what other
// engines ask of a catalog, in their words, over the lake's own.
//
// It promises that every endpoint which /v1/config lists is there and no other
// is; that a request which fails has changed nothing; that a request which
// repeats an Idempotency-Key is done once and answered as before; and that
// whatever is sent, an error comes as the protocol's own; and that nothing is
// done for whom the guard does not let in, or who may not do it. It decides
// nothing of tables: what may become of one is the lake's to say. It leaves to
// others who is known (identity) and who listens where (serve).
package icebergrest

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
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
	// Guard tells who asks.
	Guard Guard
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
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return db.Migrate(ctx, "icebergrest", sub)
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
		{configEndpoint, s.config},
		{"GET /v1/{prefix}/namespaces", s.listNamespaces},
		{"POST /v1/{prefix}/namespaces", s.createNamespace},
		{"GET " + namespace, s.loadNamespace},
		{"HEAD " + namespace, s.loadNamespace},
		{"DELETE " + namespace, s.dropNamespace},
		{"POST " + namespace + "/properties", s.changeNamespace},
		{"GET " + namespace + "/tables", s.listOf(lake.TableEntry)},
		{"POST " + namespace + "/tables", s.createTable},
		{"POST " + namespace + "/register", s.registerTable},
		{"GET " + table, s.loadTable},
		{"HEAD " + table, s.exists(lake.TableEntry)},
		{"POST " + table, s.commitTable},
		{"DELETE " + table, s.drop(lake.TableEntry)},
		{"POST " + table + "/metrics", s.reportMetrics},
		{"POST /v1/{prefix}/tables/rename", s.rename(lake.TableEntry)},
		{"POST /v1/{prefix}/transactions/commit", s.commitTransaction},
		{"GET " + namespace + "/views", s.listOf(lake.ViewEntry)},
		{"POST " + namespace + "/views", s.createView},
		{"GET " + view, s.loadView},
		{"HEAD " + view, s.exists(lake.ViewEntry)},
		{"POST " + view, s.commitView},
		{"DELETE " + view, s.drop(lake.ViewEntry)},
		{"POST /v1/{prefix}/views/rename", s.rename(lake.ViewEntry)},
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
