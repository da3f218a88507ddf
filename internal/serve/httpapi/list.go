package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
)

// listRequest asks for a part of a list.
type listRequest struct {
	Cursor string `query:"cursor" maxLength:"2048" doc:"Where the page begins."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many the page has at most; 100 unless told."`
}

const listUnlessTold = 100

// listed is a part of a list.
type listed[T any] struct {
	Body struct {
		Items []T    `json:"items"`
		Next  string `json:"next_cursor,omitempty" doc:"The cursor of the next page; none where there is none."`
	}
}

// listing is a list that a system table has: what clients are told is what
// statements of theirs would find.
type listing struct {
	columns, from string
	// keys are texts that order the list, and that no two of its entries share.
	keys []string
	down bool
	// where are conditions.
	where []string
}

// equal adds a condition, where there is a value.
func (l listing) equal(column, value string) listing {
	if value != "" {
		l.where = append(l.where[:len(l.where):len(l.where)], column+" = "+ident.Literal(value))
	}
	return l
}

// sql is a SELECT of what comes after an entry.
func (l listing) sql(after []string, limit int) string {
	order, sign := "ASC", ">"
	if l.down {
		order, sign = "DESC", "<"
	}
	where := append([]string{"true"}, l.where...)
	var later []string
	for i := range after {
		var all []string
		for k := range i {
			all = append(all, l.keys[k]+" = "+ident.Literal(after[k]))
		}
		later = append(later, "("+strings.Join(append(all, l.keys[i]+" "+sign+" "+ident.Literal(after[i])), " AND ")+")")
	}
	if len(later) > 0 {
		where = append(where, "("+strings.Join(later, " OR ")+")")
	}
	by := make([]string, len(l.keys))
	for i, k := range l.keys {
		by[i] = k + " " + order
	}
	return fmt.Sprintf("SELECT %s, [%s] AS %s FROM %s WHERE %s ORDER BY %s LIMIT %d",
		l.columns, strings.Join(l.keys, ", "), keyColumn, l.from, strings.Join(where, " AND "), strings.Join(by, ", "), limit)
}

// keyColumn holds where an entry stands in its list.
const keyColumn = "tarn_key"

// list answers with a part of a list.
func list[T any](ctx context.Context, s *Server, l listing, in listRequest) (*listed[T], error) {
	at, err := cursorOf(in.Cursor)
	if err != nil {
		return nil, err
	}
	var after []string
	if at != "" {
		if err := json.Unmarshal([]byte(at), &after); err != nil || len(after) != len(l.keys) {
			return nil, problemf(http.StatusUnprocessableEntity, "bad-cursor", "%q is no cursor that was given for this list", in.Cursor)
		}
	}
	limit := in.Limit
	if limit == 0 {
		limit = listUnlessTold
	}
	found, err := s.ask(ctx, l.sql(after, limit+1))
	if err != nil {
		return nil, err
	}
	out := &listed[T]{}
	out.Body.Items = []T{}
	for _, one := range found {
		if len(out.Body.Items) == limit {
			out.Body.Next = cursorAt(string(found[limit-1].key))
			break
		}
		item, err := read[T](one)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, item)
	}
	return out, nil
}

// entry is a row as a JSON object, with its key in its list.
type entry struct {
	object json.RawMessage
	key    json.RawMessage
}

func read[T any](e entry) (item T, err error) {
	if err := json.Unmarshal(e.object, &item); err != nil {
		return item, fmt.Errorf("read what a system table says: %w", err)
	}
	return item, nil
}

// ask runs a statement of ours for who asks, whose result is small. What it may
// not read is answered as what is not there.
func (s *Server) ask(ctx context.Context, sql string) ([]entry, error) {
	st, err := s.statement(ctx, callOf(ctx).asks(), sql, nil)
	if err != nil {
		return nil, err
	}
	rows, err := s.Gate.Query(ctx, st)
	if err != nil {
		return nil, hidden(err)
	}
	defer rows.Release()
	var found []entry
	for rows.Next() {
		b := rows.RecordBatch()
		for i := range int(b.NumRows()) {
			e, err := entryOf(b, i)
			if err != nil {
				return nil, err
			}
			found = append(found, e)
		}
	}
	return found, hidden(rows.Err())
}

// hidden is an error of a statement of ours: that there is no such table is that
// there is nothing here.
func hidden(err error) error {
	if err == nil {
		return nil
	}
	p := problemOf(err)
	if p.Code == "unknown-table" {
		p.Status, p.Title = http.StatusNotFound, http.StatusText(http.StatusNotFound)
	}
	p.Place = nil // in a text that nobody wrote
	return p
}

func entryOf(b arrow.RecordBatch, i int) (e entry, err error) {
	o := cell.Object{}
	for k, f := range b.Schema().Fields() {
		v := cell.Value(b.Column(k), i)
		if text, isText := v.(string); isText && f.Type.ID() == arrow.TIMESTAMP {
			v = strings.Replace(strings.Replace(text, " ", "T", 1), "+00", "Z", 1)
		}
		if f.Name == keyColumn {
			e.key, err = json.Marshal(v)
		} else if v != nil {
			o = append(o, cell.Member{Name: f.Name, Value: v})
		}
	}
	if err == nil {
		e.object, err = json.Marshal(o)
	}
	return e, err
}

// one returns the only row that a statement finds; none is a problem.
func one[T any](ctx context.Context, s *Server, sql string, none *Problem) (item T, err error) {
	found, err := s.ask(ctx, sql)
	if err != nil {
		return item, err
	}
	if len(found) == 0 {
		return item, none
	}
	return read[T](found[0])
}

// all returns everything that a statement finds.
func all[T any](ctx context.Context, s *Server, sql string) ([]T, error) {
	found, err := s.ask(ctx, sql)
	if err != nil {
		return nil, err
	}
	items := make([]T, len(found))
	for i, e := range found {
		if items[i], err = read[T](e); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// system is a table that tells of the lake.
func system(name string) string { return gate.SystemNamespace + "." + name }

func limited(sql string, limit int) string { return sql + " LIMIT " + strconv.Itoa(limit) }
