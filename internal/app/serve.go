package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/secret"
	"github.com/tarn-lake/tarn/internal/serve"
	"github.com/tarn-lake/tarn/internal/serve/icebergrest"
)

// Served says where the lake is served; nil is nowhere.
type Served struct {
	Catalog, Postgres net.Addr
	// Encrypted says that both are.
	Encrypted bool
	// Database is what clients of PostgreSQL call it.
	Database string
}

// Serve serves the lake to other programs until ctx ends. begun is told where,
// once it can be connected to.
func (a *App) Serve(ctx context.Context, begun func(at Served)) (err error) {
	if a.config.Catalog.IsREST() {
		return diag.New("catalog-elsewhere", diag.Place{File: config.File}, "the tables are in the catalog at %s, which serves them itself", a.config.Catalog.URI).
			WithHint("let other programs connect to that catalog")
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	guard, err := a.guard(ctx)
	if err != nil {
		return err
	}
	policies, err := a.boundBy(ctx)
	if err != nil {
		return err
	}
	a.bound = policies.now
	present, err := s.journal.Attend(ctx, "serve", a.options.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.endRecord(), present.Leave(ctx)) }()
	metrics := serve.NewMetrics(a.options.Version)
	log, err := a.recording(ctx, present)
	if err != nil {
		return err
	}
	queue, err := a.admission(ctx, guard.Directory)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, queue.Stop)
	defer stop()
	log.watch(metrics)
	watchAdmission(metrics, queue)
	certificate, err := a.certificate()
	if err != nil {
		return err
	}
	protocols, err := a.icebergREST(ctx, s, log, present, guard, metrics)
	if err != nil {
		return err
	}
	transactions, err := a.transactions(ctx, s, present.ID())
	if err != nil {
		return err
	}
	api, err := a.httpAPI(ctx, s, log, queue, guard, transactions, metrics)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.Close()) }()
	l, err := serve.Listen(ctx, a.config.Serve.Listen, !guard.Open)
	if err != nil {
		return err
	}
	postgres, err := a.postgres(ctx, log, queue, guard, transactions, certificate)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	at := Served{Catalog: l.Addr(), Encrypted: certificate != nil}
	if postgres != nil {
		at.Postgres, at.Database = postgres.listener.Addr(), postgres.database
	}
	begun(at)
	return together(ctx, postgres.serve, a.attend, policies.attend, func(ctx context.Context) error {
		return serve.Run(ctx, certificate.Encrypt(l), a.serveOptions(s, beside(api, protocols), metrics, !guard.Open))
	})
}

// certificate is the one that connections are encrypted with; nil is none.
func (a *App) certificate() (*serve.Certificate, error) {
	if a.config.Serve.Certificate == "" {
		return nil, nil
	}
	return serve.NewCertificate(a.within(a.config.Serve.Certificate), a.within(a.config.Serve.Key), a.options.Logger)
}

// within is a path of the settings, which is below the project where it does not
// say where.
func (a *App) within(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(a.options.Dir, path)
}

func (a *App) serveOptions(s *stores, protocols http.Handler, metrics *serve.Metrics, guarded bool) serve.Options {
	return serve.Options{
		Protocols: protocols, Metrics: metrics, Guarded: guarded, Proxies: a.config.Serve.Proxies, Logger: a.options.Logger,
		Ready: func(ctx context.Context) error {
			return s.catalog.View(ctx, func(metadb.Tx) error { return nil })
		},
	}
}

// together runs services; where one ends, the others do.
func together(ctx context.Context, services ...func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(services))
	for _, s := range services {
		go func() {
			defer stop()
			ended <- s(ctx)
		}()
	}
	var errs []error
	for range services {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}

// attend looks after the record of statements until ctx ends.
func (a *App) attend(ctx context.Context) error {
	a.record.Attend(ctx)
	return nil
}

func (a *App) icebergREST(ctx context.Context, s *stores, log *record, present *run.Presence, guard *identity.Guard, metrics *serve.Metrics) (*icebergrest.Server, error) {
	w := s.lake.Writer(lake.Writer{Run: present.ID(), AssignPlaces: a.config.Serve.Locations == config.AssignLocations})
	return icebergrest.New(ctx, icebergrest.Options{
		Lake: s.lake, Writer: w, DB: s.catalog, Guard: guard, Policies: a.bound, Record: log.submit, Logger: a.options.Logger, Observe: metrics.Observe,
	})
}

// guard lets in who is known, and who has the owner's token. Without either the
// owner alone can connect, until somebody is known; a server that began with
// somebody goes on asking when nobody is left.
func (a *App) guard(ctx context.Context) (*identity.Guard, error) {
	token, err := a.serveToken(ctx)
	if err != nil {
		return nil, err
	}
	known, err := a.Directory(ctx)
	if err != nil {
		return nil, err
	}
	configured, err := known.Configured(ctx)
	if err != nil {
		return nil, err
	}
	return identity.NewGuard(identity.GuardOptions{
		Directory: known, Owner: a.principal, OwnerToken: token, Open: !configured && token.IsZero(), Logger: a.options.Logger,
	}), nil
}

// serveToken is the owner's.
func (a *App) serveToken(ctx context.Context) (secret.Text, error) {
	t, err := a.secretSetting(ctx, "serve.token", a.config.Serve.Token)
	if err != nil || t.IsZero() {
		return t, err
	}
	const shortest = 16
	if len(t.Reveal()) < shortest {
		return secret.Text{}, diag.New("weak-token", diag.Place{File: config.File}, "the token of `serve.token` has less than %d characters", shortest).
			WithHint("make one: openssl rand -hex 32")
	}
	return secret.New(t.Reveal()), nil
}
