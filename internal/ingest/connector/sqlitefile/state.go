package sqlitefile

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// mostEdge is how many rows at the edge of a load are remembered.
const mostEdge = 50_000

// state is what an incremental load goes on from: the last value of the cursor,
// and the rows that had it, or that had none. There more rows may come, so those
// that were there are remembered.
type state struct {
	Of     string `json:"of"`
	Cursor string `json:"cursor"`
	// Value is the last value as SQL has it; "" is none.
	Value string `json:"value,omitempty"`
	// Edge has how often each row was there, by digest.
	Edge map[string]int `json:"edge,omitempty"`
}

// condition is what rows at or behind the edge meet.
func (s *state) condition(cursor string) string {
	if s.Value == "" {
		return ""
	}
	return fmt.Sprintf("(%s >= %s OR %s IS NULL)", cursor, s.Value, cursor)
}

// resume takes the state of the last load.
func (r *reading) resume(last []byte) error {
	if last == nil || r.cursor == "" {
		return nil
	}
	s := &state{}
	if err := json.Unmarshal(last, s); err != nil {
		return fmt.Errorf("read the state of the last load: %w", err)
	}
	if s.Of != r.from || ident.Fold(s.Cursor) != ident.Fold(r.cursor) {
		return diag.New("changed-source", diag.Place{File: r.path}, "the last load read %s by %s, this one would read %s by %s", s.Of, s.Cursor, r.from, r.cursor).
			WithHint("load the table anew with --full-refresh")
	}
	r.last = s
	return nil
}

// State returns what the next load goes on from.
func (r *reading) State() ([]byte, error) {
	if r.cursor == "" {
		return nil, nil
	}
	ctx := context.Background() // what is read is a few rows of a local file
	cursor := ident.Quote(r.fields[r.column(r.cursor)].Name)
	s := &state{Of: r.from, Cursor: r.cursor, Edge: map[string]int{}}
	err := r.db.View(ctx, func(tx metadb.Tx) error {
		return tx.QueryRow(ctx, "SELECT coalesce(quote(max("+cursor+")), '') FROM "+r.from).Scan(&s.Value)
	})
	if err != nil {
		return nil, explain(r.path, err)
	}
	if s.Value == "NULL" {
		s.Value = ""
	}
	where := cursor + " IS NULL"
	if s.Value != "" {
		where += " OR " + cursor + " = " + s.Value
	}
	rows := 0
	err = r.rows(ctx, r.fields, where, func(values []typed.Value) error {
		if rows++; rows > mostEdge {
			return diag.New("crowded-cursor", diag.Place{File: r.path}, "more than %d rows have the last value of the cursor %q, or none: nobody could tell which rows are new next time", mostEdge, r.cursor).
				WithHint("choose a cursor that tells rows apart better, or load without one")
		}
		s.Edge[r.digest(values)]++
		return nil
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(s)
}

// digest tells rows apart.
func (r *reading) digest(values []typed.Value) string {
	row := typed.Value{Present: true, Kind: connector.Struct, Fields: r.fields, Items: values}
	sum := sha256.Sum256(typed.AppendJSON(nil, &row))
	return base64.RawStdEncoding.EncodeToString(sum[:12])
}

// edge are the rows that the last load had and that have not come again yet;
// nil is none.
type edge map[string]int

// seen starts to compare with the last load.
func (s *state) seen() edge {
	if s == nil || len(s.Edge) == 0 {
		return nil
	}
	left := edge{}
	for digest, n := range s.Edge {
		left[digest] = n
	}
	return left
}

// was reports whether a row was in the last load, each as often as it was there.
func (e edge) was(r *reading, values []typed.Value) bool {
	if len(e) == 0 {
		return false
	}
	digest := r.digest(values)
	n := e[digest]
	switch {
	case n == 1:
		delete(e, digest)
	case n > 1:
		e[digest] = n - 1
	}
	return n > 0
}
