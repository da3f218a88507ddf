package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Holder says which run has the lake to itself.
type Holder struct {
	Run     string    `json:"run"`
	Command string    `json:"command"`
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
}

// Exclusive waits until this run is the only one that writes to the lake; it
// stays so until Finish. While another run is, notify hears which (again when
// that changes), and ctx can end the wait.
func (a *Active) Exclusive(ctx context.Context, notify func(Holder)) error {
	path := filepath.Join(a.journal.locks, "writer.lock")
	var told Holder
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		l, err := acquire(path, 0)
		if err == nil {
			return a.hold(l)
		}
		if !errors.Is(err, errLocked) {
			return fmt.Errorf("wait for the lake's writer lock: %w", err)
		}
		if h, ok := holder(path); ok && h != told {
			told = h
			notify(h)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("wait for the lake's writer lock, held by the run %s: %w", told.Run, ctx.Err())
		case <-timer.C:
		}
	}
}

// hold keeps the lock and writes into its file who has it.
func (a *Active) hold(l *lock) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	text, err := json.Marshal(Holder{
		Run: a.run.ID, Command: a.run.Command, PID: a.run.PID, Host: a.run.Host, Since: time.Now().UTC().Truncate(time.Second),
	})
	if err == nil {
		err = l.file.Truncate(0)
	}
	if err == nil {
		_, err = l.file.WriteAt(text, 0)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("take the lake's writer lock: %w", err), l.release())
	}
	a.exclusive = l
	return nil
}

func (a *Active) releaseExclusive() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.exclusive == nil {
		return nil
	}
	l := a.exclusive
	a.exclusive = nil
	// Emptied first, so that nobody reads the last holder as the next one.
	return errors.Join(l.file.Truncate(0), l.release())
}

// holder reads who holds the lock; nobody yet, if the holder is about to write.
func holder(path string) (h Holder, ok bool) {
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &h) != nil {
		return Holder{}, false
	}
	return h, h.Run != ""
}
