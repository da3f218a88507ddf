package sqlitefile

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// resume takes the state of the last load. Rows at its edge are told from new
// ones by the columns that there were then.
func (r *reading) resume(last []byte) error {
	if r.cursor == "" {
		return nil
	}
	var err error
	if r.last, err = database.ParseState(last, r.from, r.cursor, r.keys); err != nil || r.last == nil {
		return err
	}
	for _, name := range r.last.Columns {
		i := r.column(name)
		if i < 0 {
			return diag.New("changed-source", diag.Place{File: r.path}, "%s has lost its column %q, by which the last load told rows apart", r.of, name).
				WithHint("load the table anew with --full-refresh")
		}
		r.digested = append(r.digested, i)
	}
	return nil
}

// condition is what rows at or behind the edge of the last load meet.
func (r *reading) condition() string {
	if r.last == nil || !r.last.Any {
		return ""
	}
	cursor := r.cursorName()
	return fmt.Sprintf("(%s >= %s OR %s IS NULL)", cursor, r.last.Value, cursor)
}

func (r *reading) cursorName() string { return ident.Quote(r.fields[r.column(r.cursor)].Name) }

// State returns what the next load goes on from: the last value of the cursor,
// as SQL has it, and the rows that have it, or none.
func (r *reading) State() ([]byte, error) {
	if r.cursor == "" {
		return nil, nil
	}
	ctx := context.Background() // what is read is a few rows of a local file
	s := &database.State{Of: r.from, Cursor: r.cursor}
	var all []int
	for i, f := range r.fields {
		s.Columns, all = append(s.Columns, f.Name), append(all, i)
	}
	cursor := r.cursorName()
	err := r.db.View(ctx, func(tx metadb.Tx) error {
		return tx.QueryRow(ctx, "SELECT quote(max("+cursor+")) FROM "+r.from).Scan(&s.Value)
	})
	if err != nil {
		return nil, explain(r.path, err)
	}
	where := cursor + " IS NULL"
	if s.Any = s.Value != "NULL"; s.Any {
		where += " OR " + cursor + " = " + s.Value
	}
	err = r.rows(ctx, r.fields, where, func(values []typed.Value) error {
		s.Remember(string(r.digest(values, all)), 1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Marshal()
}

// digest tells rows apart, by some of their columns.
func (r *reading) digest(values []typed.Value, columns []int) []byte {
	sum := sha256.New()
	var text []byte
	for _, i := range columns {
		row := typed.Value{Present: true, Kind: connector.Struct, Fields: r.fields[i : i+1], Items: values[i : i+1]}
		text = typed.AppendJSON(text[:0], &row)
		sum.Write(text)
	}
	return base64.RawStdEncoding.AppendEncode(nil, sum.Sum(nil)[:12])
}

// atEdge reports which rows the last load had.
func (r *reading) atEdge() func(values []typed.Value) bool {
	if r.last == nil || len(r.last.Edge) == 0 {
		return func([]typed.Value) bool { return false }
	}
	seen := r.last.NewSeen()
	return func(values []typed.Value) bool { return seen.Was(r.digest(values, r.digested)) }
}
