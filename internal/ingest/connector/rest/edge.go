package rest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// edge is how far loads have come, by a cursor.
type edge struct {
	column string
	// before is what the last load saw, now what this one has seen so far.
	before, now position
}

// position is the greatest value of a cursor, and which records have it.
type position struct {
	Value json.RawMessage `json:"cursor"`
	// Seen are hashes of the records that have this value.
	Seen []string `json:"seen"`
}

// newEdge goes on from a state; without a column there is none.
func newEdge(column string, state []byte) (*edge, error) {
	e := &edge{column: column}
	if column == "" || state == nil {
		return e, nil
	}
	if err := json.Unmarshal(state, &e.before); err != nil {
		return nil, fmt.Errorf("read what the last load saw: %w", err)
	}
	e.now = e.before
	return e, nil
}

// param is the cursor's value for a request.
func (e *edge) param() string {
	if e.before.Value == nil {
		return ""
	}
	return scalar(e.before.Value)
}

// sees notes a record and reports whether it is new.
func (e *edge) sees(record json.RawMessage) bool {
	if e.column == "" {
		return true
	}
	value, err := find(record, splitPath(e.column))
	if err != nil || value == nil || string(value) == "null" {
		// What has no place in the order is taken each time: never lost.
		return true
	}
	sum := sha256.Sum256(bytes.TrimSpace(record))
	hash := hex.EncodeToString(sum[:8])
	if e.before.Value != nil {
		switch c := compare(value, e.before.Value); {
		case c < 0, c == 0 && slices.Contains(e.before.Seen, hash):
			return false
		}
	}
	switch c := compare(value, e.now.Value); {
	case c > 0:
		e.now = position{Value: slices.Clone(value), Seen: []string{hash}}
	case c == 0 && !slices.Contains(e.now.Seen, hash):
		e.now.Seen = append(slices.Clone(e.now.Seen), hash)
	}
	return true
}

// compare orders two values of a cursor: numbers by size, texts by their bytes,
// which for times in ISO 8601 is their order. Nothing is before everything.
func compare(a, b json.RawMessage) int {
	if b == nil {
		return 1
	}
	x, xOK := new(big.Rat).SetString(string(a))
	y, yOK := new(big.Rat).SetString(string(b))
	if xOK && yOK {
		return x.Cmp(y)
	}
	return strings.Compare(scalar(a), scalar(b))
}

// state is what the next load goes on from; nil where there is no cursor.
func (e *edge) state() ([]byte, error) {
	if e.column == "" || e.now.Value == nil {
		return nil, nil
	}
	return json.Marshal(e.now)
}
