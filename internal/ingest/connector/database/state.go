package database

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// MostEdge is how many rows at the edge of a load are remembered.
const MostEdge = 50_000

// State is what an incremental load goes on from. The rows at the edge are
// those at or, with a lag, shortly before the last cursor value, and those
// whose cursor tells nothing (NULL, infinity): there rows may come that were
// not there before, so each that was is remembered by its digest.
type State struct {
	// Of is what was read, Cursor the column.
	Of     string `json:"of"`
	Cursor string `json:"cursor"`
	// Value is the last value as the database writes it; Any says that there
	// was one.
	Value string `json:"value,omitempty"`
	Any   bool   `json:"any,omitempty"`
	// Columns are what digests are made of.
	Columns []string `json:"columns,omitempty"`
	// Edge has how often each row was there, by digest; nil with Crowded, where
	// there were more than MostEdge.
	Edge    map[string]int `json:"edge,omitempty"`
	Crowded bool           `json:"crowded,omitempty"`
}

// Marshal writes the state.
func (s *State) Marshal() ([]byte, error) { return json.Marshal(s) }

// ParseState reads the state of the last load, and refuses that of another
// question; nil is none.
func ParseState(state []byte, of, cursor string, primaryKey []string) (*State, error) {
	if state == nil {
		return nil, nil
	}
	s := &State{}
	if err := json.Unmarshal(state, s); err != nil {
		return nil, fmt.Errorf("read the state of the last load: %w", err)
	}
	switch {
	case s.Of != of:
		return nil, diag.New("changed-source", diag.Place{}, "the last load read %s, this one would read %s", s.Of, of).
			WithHint("load the table anew with --full-refresh")
	case ident.Fold(s.Cursor) != ident.Fold(cursor):
		return nil, diag.New("changed-cursor", diag.Place{}, "the last load went by the cursor %q, this one would go by %q", s.Cursor, cursor).
			WithHint("load the table anew with --full-refresh")
	case s.Crowded && len(primaryKey) == 0:
		return nil, diag.New("crowded-cursor", diag.Place{}, "more than %d rows share the last values of the cursor %q (%s): without a key nobody can tell which of them are new", MostEdge, s.Cursor, s.Value).
			WithHint("name a primary_key and mode: merge, or a cursor that tells rows apart better")
	}
	return s, nil
}

// Seen tells which rows at the edge were in the last load.
type Seen struct{ left map[string]int }

// NewSeen starts to compare with the last load.
func (s *State) NewSeen() *Seen {
	left := make(map[string]int, len(s.Edge))
	for digest, n := range s.Edge {
		left[digest] = n
	}
	return &Seen{left: left}
}

// Was reports whether a row with this digest was in the last load, each as
// often as it was there.
func (s *Seen) Was(digest []byte) bool {
	n := s.left[string(digest)]
	if n > 0 {
		s.left[string(digest)] = n - 1
	}
	return n > 0
}

// Unseen returns a function that takes rows with a digest behind their values
// and passes on those that were not in the last load.
func (s *State) Unseen(row func(values [][]byte, size int) error) func([][]byte, int) error {
	seen := s.NewSeen()
	return func(values [][]byte, size int) error {
		last := len(values) - 1
		if seen.Was(values[last]) {
			return nil
		}
		return row(values[:last], size)
	}
}

// Remember adds a row at the edge, and gives up where there are too many.
func (s *State) Remember(digest string, times int) {
	if s.Crowded {
		return
	}
	if s.Edge == nil {
		s.Edge = map[string]int{}
	}
	s.Edge[digest] += times
	if len(s.Edge) > MostEdge {
		s.Edge, s.Crowded = nil, true
	}
}

// RememberRows adds rows at the edge as a database counts them: a digest, and how
// many rows have it.
func (s *State) RememberRows(rows [][]string) error {
	for _, row := range rows {
		times, err := strconv.Atoi(row[1])
		if err != nil {
			return fmt.Errorf("count rows at the edge: %w", err)
		}
		s.Remember(row[0], times)
	}
	return nil
}

// Tells reports whether the rows at the edge of s, which may be nil, can be
// known again in rows that have the columns named.
func (s *State) Tells(names []string) bool {
	return s != nil && !s.Crowded && len(s.Columns) > 0 && s.Has(names)
}

// News reports whether now, the rows at the edge of s as they are now, has some
// that s does not know.
func (s *State) News(now *State) bool {
	if s.Crowded || now.Crowded {
		return true
	}
	for digest, n := range now.Edge {
		if n > s.Edge[digest] {
			return true
		}
	}
	return false
}

// Has reports whether all columns of the state are among names, so that its
// digests can be made again.
func (s *State) Has(names []string) bool {
	return !slices.ContainsFunc(s.Columns, func(c string) bool { return !slices.Contains(names, c) })
}
