package run

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Alone takes the lake whose locks are in a folder for a command that is no run
// and that nobody may run beside, until release is called. It does not wait: who
// has the lake is said in the error.
func Alone(locksDir, command string) (release func() error, err error) {
	if err := os.MkdirAll(locksDir, 0o755); err != nil {
		return nil, err
	}
	path := filepath.Join(locksDir, "writer.lock")
	l, err := acquire(path, 0)
	if errors.Is(err, errLocked) {
		h, _ := holder(path)
		return nil, diag.New("lake-busy", diag.Place{}, "the lake is in use: tarn %s, process %d, writes to it", h.Command, h.PID).
			WithHint("run tarn %s again when it has ended", command)
	}
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err == nil {
		err = l.tell(Holder{Run: command, Command: command, PID: os.Getpid(), Host: host, Since: time.Now().UTC().Truncate(time.Second)})
	}
	if err != nil {
		return nil, errors.Join(err, l.release())
	}
	return func() error { return errors.Join(l.file.Truncate(0), l.release()) }, nil
}

// tell writes into the lock's file who holds it.
func (l *lock) tell(h Holder) error {
	text, err := json.Marshal(h)
	if err == nil {
		err = l.file.Truncate(0)
	}
	if err == nil {
		_, err = l.file.WriteAt(text, 0)
	}
	return err
}
