package write

import (
	"errors"
	"strings"
	"syscall"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
)

// noRoom are the system's ways to say that nothing more can be written.
var noRoom = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}

// explain makes a problem of a disk that is full; other errors stay as they are.
func explain(t ident.Table, err error) error {
	var e *engine.Error
	text := ""
	if errors.As(err, &e) && e.Kind == "IO" {
		text = strings.ToLower(e.Message)
	}
	for _, no := range noRoom {
		// The engine hands on the system's words only.
		if errors.Is(err, no) || strings.Contains(text, no.Error()) {
			return diag.New("disk-full", diag.Place{}, "there is no room to write %s: %s", t, no).WithCause(err).
				WithHint("readers see what they saw; make room where the lake is, or give engine.spill another disk, then go on with tarn retry")
		}
	}
	return err
}
