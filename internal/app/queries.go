package app

import (
	"context"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/diag"
)

// Queries returns statements on record, the newest first, those of processes
// that died as crashed.
func (a *App) Queries(ctx context.Context, f audit.Filter) ([]audit.Record, error) {
	log, err := a.recording(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := log.Sweep(ctx); err != nil {
		return nil, err
	}
	return audit.List(ctx, a.stores.state, f)
}

// Recorded returns one statement.
func (a *App) Recorded(ctx context.Context, id string) (audit.Record, error) {
	found, err := a.Queries(ctx, audit.Filter{IDs: []string{id}})
	if err == nil && len(found) == 0 {
		err = diag.New("unknown-query", diag.Place{}, "there is no statement %s on record", id).WithHint("tarn queries lists them")
	}
	if err != nil {
		return audit.Record{}, err
	}
	return found[0], nil
}
