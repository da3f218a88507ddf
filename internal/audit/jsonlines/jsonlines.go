// Package jsonlines is for the record of statements as a file: an event on each
// line, in JSON.
//
// It promises that what it was told is in the file, on the disk, when Deliver
// returns; that a line is whole or the last one; and that a file which is as
// large as it may be is put aside under another name and never touched again. It
// leaves to others what becomes of those.
package jsonlines

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tarn-lake/tarn/internal/audit"
)

// Options say where the file is.
type Options struct {
	// Path of the file, which is made.
	Path string
	// Size is how large it may become before it is put aside; 0 is any.
	Size int64
}

// Sink writes the file. One goroutine uses it at a time; several processes may
// write to one file.
type Sink struct{ Options }

// New returns a sink.
func New(o Options) *Sink { return &Sink{o} }

// Name is what the sink is known by.
func (s *Sink) Name() string { return "file" }

// Deliver adds events to the file.
func (s *Sink) Deliver(_ context.Context, events []audit.Event) (err error) {
	if err := s.putAside(); err != nil {
		return err
	}
	f, err := s.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var lines []byte
	if torn, err := endsInTheMiddle(f); err != nil {
		return err
	} else if torn {
		lines = append(lines, '\n')
	}
	for _, e := range events {
		lines = append(append(lines, e.JSON()...), '\n')
	}
	if _, err := f.Write(lines); err != nil {
		return err
	}
	return f.Sync()
}

// open opens the file, which its owner alone can read.
func (s *Sink) open() (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(s.Path), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(s.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
}

// endsInTheMiddle reports whether the last line was not written to its end: its
// events are told again.
func endsInTheMiddle(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], info.Size()-1)
	return last[0] != '\n', err
}

// putAside renames a file that is as large as it may be.
func (s *Sink) putAside() error {
	info, err := os.Stat(s.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case s.Size == 0 || info.Size() < s.Size:
		return nil
	}
	stamp := s.Path + "." + time.Now().UTC().Format("20060102-150405")
	for n := 0; ; n++ {
		name := stamp
		if n > 0 {
			name = fmt.Sprintf("%s-%d", stamp, n)
		}
		// A link fails where there is such a file, which a rename would replace.
		switch err := os.Link(s.Path, name); {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return err
		}
		return os.Remove(s.Path)
	}
}
