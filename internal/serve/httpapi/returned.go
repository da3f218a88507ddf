package httpapi

import (
	"encoding/json"
	"net/http"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// Returned is what a statement returns by RETURNING.
type Returned struct {
	Columns  []Column          `json:"columns,omitempty" doc:"The columns of what it returns by RETURNING."`
	Data     []json.RawMessage `json:"data,omitzero" doc:"What it returns: a list for each row, with a value for each column."`
	Withheld string            `json:"withheld,omitempty" doc:"Why what it has returned is not told here: whoever asks may not read it any more, or asks for the list of queries."`
}

// bytes is what the rows take.
func (r Returned) bytes() (n int64) {
	for _, row := range r.Data {
		n += int64(len(row))
	}
	return n
}

// taking takes the rows that the statements of a request return, as long as all
// of them take no more than so many bytes.
type taking struct {
	most    int64
	columns []engine.Column // of the statement that runs
	rows    map[int]Returned
}

// spell makes columns that Arrow carries whole.
func (t *taking) spell(inner string, columns []engine.Column) (string, error) {
	t.columns = columns
	return gate.Spelled(inner, columns, asText), nil
}

// take takes the rows of the n-th statement.
func (t *taking) take(n int, rows *gate.Result) error {
	out := Returned{Columns: columnsOf(t.columns), Data: []json.RawMessage{}}
	var size int64
	for k := range n { // those behind it are of a time that did not count
		size += t.rows[k].bytes()
	}
	for rows.Next() {
		for i := range int(rows.RecordBatch().NumRows()) {
			text, err := rowJSON(rows.RecordBatch(), i)
			if err != nil {
				return err
			}
			if size += int64(len(text)); size > t.most {
				return problemf(http.StatusUnprocessableEntity, "result-too-large", "what RETURNING returns has more than %d bytes, and nothing was changed", t.most).
					hinted("change fewer rows at a time, return fewer columns, or use PostgreSQL's protocol")
			}
			out.Data = append(out.Data, text)
		}
	}
	t.rows[n] = out
	return rows.Err()
}

// changes are what the statements have done.
func (t *taking) changes(done []workspace.Done) []Change {
	list := make([]Change, len(done))
	for n, d := range done {
		list[n] = Change{What: d.What, Returned: t.rows[n]}
		if d.Counts() {
			list[n].Rows = &d.Rows
		}
	}
	return list
}

// toldTo is what the client gets to know of a query: with what its statements have
// returned, if the client may still read what they have read.
func (s *Server) toldTo(who policy.Who, j *job) Query {
	q := j.told()
	j.mu.Lock()
	read := j.past.Read
	j.mu.Unlock()
	if err := s.Gate.MayRead(who, read); err != nil {
		q.Changed = without(q.Changed, problemOf(err).Detail)
	}
	return q
}

// without leaves out what statements have returned, and says why.
func without(changed []Change, why string) []Change {
	out := make([]Change, len(changed))
	for i, c := range changed {
		if c.Data != nil {
			c.Returned = Returned{Withheld: why}
		}
		out[i] = c
	}
	return out
}
