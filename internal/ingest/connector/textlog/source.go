package textlog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Source is what a plan is made from.
type Source struct {
	Inputs   []connector.Input
	Settings connector.Settings
	// Given are the options as they were given, with their places.
	Given map[string]connector.Option
	storage

	// mu guards heads, the heads that are known.
	mu    sync.Mutex
	heads map[string][]byte
}

// Head returns the whole lines at the start of an input, as UTF-8: of its first
// size bytes, and at least one line unless it is longer than a record may be.
func (s *Source) Head(ctx context.Context, in connector.Input, size int) ([]byte, error) {
	s.mu.Lock()
	head, known := s.heads[in.Name]
	s.mu.Unlock()
	if known {
		return head, nil
	}
	head, err := s.read(ctx, in, size)
	if err == nil {
		s.mu.Lock()
		s.heads[in.Name] = head
		s.mu.Unlock()
	}
	return head, err
}

func (s *Source) read(ctx context.Context, in connector.Input, size int) (head []byte, err error) {
	in.StartOffset = 0
	content, err := connector.OpenContent(ctx, in, s.compression, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	text := s.encoding.Decode(content)
	for {
		more, err := io.ReadAll(io.LimitReader(text, int64(size)))
		if err != nil {
			return nil, err
		}
		head = append(head, more...)
		whole := len(more) < size
		if end := bytes.LastIndexByte(head, '\n') + 1; end > 0 && !whole {
			head, whole = head[:end], true
		}
		if whole || len(head) > s.maxRecord {
			return head[connector.UTF8.BOM(head):], nil
		}
	}
}

// ZoneOption is the option that tells the zone of times that have none.
func ZoneOption() connector.OptionSpec {
	return connector.OptionSpec{Name: "time_zone", Kind: connector.TextOption, Default: "UTC", Doc: "The zone of times that are written without one, such as Europe/Oslo."}
}

// Zone returns the zone of times that have none.
func (s *Source) Zone() (*time.Location, error) {
	name, ok := s.Settings.Text("time_zone")
	if !ok {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, diag.New("bad-option", s.Given["time_zone"].Place, "option \"time_zone\": %q is not a time zone that is known here", name).
			WithHint("write one such as Europe/Oslo, America/New_York or UTC")
	}
	return zone, nil
}
