package run

import (
	"errors"
	"fmt"
	"time"
)

// Presence is a process that changes the lake and is no run: it has an id that
// is live as long as the process, and no entry in the journal.
type Presence struct {
	journal *Journal
	id      string
	lock    *lock
}

// Attend makes a presence. The caller must call Leave.
func (j *Journal) Attend() (*Presence, error) {
	id, l, err := j.newRun(time.Now().UTC())
	if err != nil {
		return nil, fmt.Errorf("attend to the lake: %w", err)
	}
	return &Presence{journal: j, id: id, lock: l}, nil
}

// ID returns the id, which [Journal.Live] knows.
func (p *Presence) ID() string { return p.id }

// Leave gives the id up.
func (p *Presence) Leave() error {
	return errors.Join(remove(p.journal.lockPath(p.id)), p.lock.release())
}
