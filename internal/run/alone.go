package run

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Alone takes the lake for a command that is no run and that nobody may run
// beside, until release is called. It does not wait: who has the lake is said
// in the error. Of o it needs the folder for locks, and the catalog where that is
// on a server.
func Alone(ctx context.Context, o Options, command string) (release func() error, err error) {
	j := &Journal{}
	if j.ofLake, err = j.keeper(ctx, o.Catalog, o); err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	r := Run{ID: command, Command: command, PID: os.Getpid(), Host: host, Started: time.Now().UTC()}
	m, h, err := j.ofLake.take(ctx, r)
	if errors.Is(err, errTaken) {
		return nil, diag.New("lake-busy", diag.Place{}, "the lake is in use: tarn %s, process %d, writes to it", h.Command, h.PID).
			WithHint("run tarn %s again when it has ended", command)
	}
	if err != nil {
		return nil, err
	}
	a := &Active{journal: j, logger: slog.New(slog.DiscardHandler), run: r, mark: m}
	a.startBeating(ctx)
	return func() error {
		a.stopBeating()
		return m.release(context.WithoutCancel(ctx))
	}, nil
}
