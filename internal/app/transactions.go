package app

import (
	"context"
	"strings"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// isQuarantine reports whether a name is that of a quarantine.
func isQuarantine(t ident.Table) bool {
	return strings.HasSuffix(ident.Fold(t.Name), ident.Fold(project.QuarantineSuffix))
}

// transactions are for statements of people that change tables. What they have
// not published is swept once the id is no longer live.
func (a *App) transactions(ctx context.Context, s *stores, liveID string) (*workspace.Transactions, error) {
	g, err := a.query(ctx)
	if err != nil {
		return nil, err
	}
	writer, err := a.writer(ctx, s)
	if err != nil {
		return nil, err
	}
	return workspace.NewTransactions(workspace.Transactions{Lake: s.lake, Writer: writer, Gate: g, Run: liveID, Kept: isQuarantine, Scope: a.scopes(s)})
}

// scopes returns what gives statements of clients the lake as it is then.
func (a *App) scopes(s *stores) func(context.Context) (gate.Scope, error) {
	tables := &systemTables{app: a}
	return func(ctx context.Context) (gate.Scope, error) {
		view, err := s.lake.Pin(ctx)
		if err != nil {
			return nil, err
		}
		return &build.Scope{SystemTables: tables, View: view}, nil
	}
}
