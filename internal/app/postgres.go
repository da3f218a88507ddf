package app

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/serve"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
	"github.com/tarn-lake/tarn/internal/workspace"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// postgresServer serves clients of PostgreSQL.
type postgresServer struct {
	*pgwire.Server
	listener net.Listener
	database string
}

// postgres prepares the server for clients of PostgreSQL; nil is none.
func (a *App) postgres(ctx context.Context, log *record, queue *admission.Queue, guard *identity.Guard, transactions *workspace.Transactions, certificate *serve.Certificate) (p *postgresServer, err error) {
	if a.config.Serve.Postgres == "" {
		return nil, nil
	}
	p = &postgresServer{database: a.databaseName()}
	o := pgwire.Options{
		Gate: transactions.Gate, Accounts: accounts{guard}, Record: log.submit, Brief: log.brief, Admission: queue, Databases: []string{p.database, lake.CatalogName}, Logger: a.options.Logger,
		Scope: transactions.Scope, Transactions: transactions,
	}
	if certificate != nil {
		o.Certificate = certificate.Get
	}
	if p.Server, err = pgwire.New(o); err != nil {
		return nil, err
	}
	p.listener, err = serve.Listen(ctx, a.config.Serve.Postgres, !guard.Open)
	return p, err
}

// databaseName is what clients call the one database: the project's name or,
// where that cannot be read, its folder's. A project that does not load has
// tables to be asked all the same.
func (a *App) databaseName() string {
	name := filepath.Base(a.options.Dir)
	text, err := os.ReadFile(filepath.Join(a.options.Dir, project.File))
	if err != nil {
		return name
	}
	r := &yamldoc.Reader{Problems: &diag.Problems{}}
	if written := r.Map(r.Parse(project.File, text), "the file").Text("name"); written != "" && !strings.Contains(written, "{{") {
		return written
	}
	return name
}

// serve serves until ctx ends.
func (p *postgresServer) serve(ctx context.Context) error {
	if p == nil {
		<-ctx.Done()
		return nil
	}
	return p.Serve(ctx, p.listener)
}

// accounts are those that the guard lets in.
type accounts struct{ guard *identity.Guard }

// Account begins a login.
func (a accounts) Account(ctx context.Context, name, from string) (pgwire.Account, error) {
	e, err := a.guard.Exchange(ctx, name, from)
	if err != nil {
		return nil, err
	}
	return account{e}, nil
}

// account is a login that the guard takes.
type account struct{ *identity.Exchange }

// Who is whom statements run for at this moment, as far as a token's scopes go.
func (a account) Who(ctx context.Context) (who policy.Who, writes bool, err error) {
	access, err := a.Access(ctx)
	if err == nil && !access.Has(identity.Read) {
		err = &identity.Refusal{Reason: "the token is not for reading, which every statement needs"}
	}
	return policy.WhoOf(access), access.Has(identity.Write), err
}
