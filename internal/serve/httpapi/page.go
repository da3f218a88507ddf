package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/cell"
)

// Page is a part of the rows of a result.
type Page struct {
	Columns []Column          `json:"columns"`
	Data    []json.RawMessage `json:"data" doc:"A list for each row, with a value for each column."`
	Next    string            `json:"next_cursor,omitempty" doc:"The cursor of the next page; none where there is none."`
}

// How much a page has.
const (
	pageRows  = 1000
	pageBytes = 8 << 20
)

// pageOf reads a page; from is the number of its first row, and all how many
// there are.
func pageOf(rows array.RecordReader, columns []Column, from, all int64, limit int) (*Page, error) {
	p := &Page{Columns: columns, Data: []json.RawMessage{}}
	size := 0
	for len(p.Data) < limit && size < pageBytes && rows.Next() {
		b := rows.RecordBatch()
		for i := 0; i < int(b.NumRows()) && len(p.Data) < limit && size < pageBytes; i++ {
			text, err := rowJSON(b, i)
			if err != nil {
				return nil, err
			}
			p.Data = append(p.Data, text)
			size += len(text)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if next := from + int64(len(p.Data)); next < all {
		p.Next = cursorAt(strconv.FormatInt(next, 10))
	}
	return p, nil
}

// rowJSON is a row in JSON.
func rowJSON(b arrow.RecordBatch, i int) (json.RawMessage, error) {
	values := make([]any, b.NumCols())
	for k := range values {
		values[k] = cell.Value(b.Column(k), i)
	}
	return json.Marshal(values)
}

// cursorAt makes a cursor: clients give it back as it is.
func cursorAt(at string) string { return base64.RawURLEncoding.EncodeToString([]byte("1:" + at)) }

// cursorOf reads a cursor; "" is the beginning.
func cursorOf(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	at, ours := strings.CutPrefix(string(text), "1:")
	if err != nil || !ours {
		return "", problemf(http.StatusUnprocessableEntity, "bad-cursor", "%q is no cursor that was given here", cursor)
	}
	return at, nil
}

// rowOf reads a cursor that is the number of a row.
func rowOf(cursor string) (int64, error) {
	at, err := cursorOf(cursor)
	if err != nil || at == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil || n < 0 {
		return 0, problemf(http.StatusUnprocessableEntity, "bad-cursor", "%q is no cursor that was given here", cursor)
	}
	return n, nil
}
