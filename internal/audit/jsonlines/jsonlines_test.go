package jsonlines

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/audit"
)

func sink(t *testing.T, size int64) *Sink {
	t.Helper()
	return New(Options{Path: filepath.Join(t.TempDir(), "logs", "audit.jsonl"), Size: size})
}

func tell(t *testing.T, s *Sink, positions ...int64) {
	t.Helper()
	var events []audit.Event
	for _, p := range positions {
		events = append(events, audit.Event{Position: p, Event: "submitted", ID: "q1", Query: "select\n1"})
	}
	if err := s.Deliver(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func TestEventsAreLinesOfJSON(t *testing.T) {
	s := sink(t, 0)
	tell(t, s, 1, 2)
	tell(t, s, 3)
	got := lines(t, s.Path)
	if len(got) != 3 {
		t.Fatalf("there are %d lines", len(got))
	}
	for i, line := range got {
		var e audit.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Position != int64(i+1) || e.Query != "select\n1" {
			t.Errorf("%s: %v", line, err)
		}
	}
	if info, err := os.Stat(s.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v %v", info.Mode(), err)
	}
}

func TestALineThatWasTornDoesNotSpoilTheNext(t *testing.T) {
	s := sink(t, 0)
	tell(t, s, 1)
	if err := os.WriteFile(s.Path, []byte(`{"position":1,"ev`), 0o600); err != nil {
		t.Fatal(err)
	}
	tell(t, s, 1)
	got := lines(t, s.Path)
	if len(got) != 2 || !json.Valid([]byte(got[1])) {
		t.Errorf("the lines are %q", got)
	}
}

func TestAFileThatIsFullIsPutAside(t *testing.T) {
	s := sink(t, 10)
	for p := range int64(4) {
		tell(t, s, p)
	}
	files, err := filepath.Glob(s.Path + "*")
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, f := range files {
		all += len(lines(t, f))
	}
	if len(files) != 4 || all != 4 {
		t.Errorf("%d lines are in %q", all, files)
	}
}
