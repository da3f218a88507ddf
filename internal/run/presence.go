package run

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"
)

// Presence is a process that changes the lake and is no run: it has an id that
// is live as long as the process, and no entry in the journal.
type Presence struct{ active *Active }

// Attend makes a presence. The caller must call Leave.
func (j *Journal) Attend(ctx context.Context, command string, logger *slog.Logger) (*Presence, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("attend to the lake: %w", err)
	}
	r := Run{Command: command, PID: os.Getpid(), Host: host, Started: time.Now().UTC().Truncate(time.Microsecond)}
	m, err := j.newRun(ctx, &r)
	if err != nil {
		return nil, fmt.Errorf("attend to the lake: %w", err)
	}
	a := &Active{journal: j, logger: logger, mark: m, run: r}
	a.startBeating(ctx)
	return &Presence{a}, nil
}

// ID returns the id, which [Journal.Live] knows.
func (p *Presence) ID() string { return p.active.ID() }

// Leave gives the id up. It works after ctx has ended, too.
func (p *Presence) Leave(ctx context.Context) error {
	p.active.stopBeating()
	return p.active.mark.release(context.WithoutCancel(ctx))
}
