//go:build duckdb_arrow

package duckdb

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"
	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// registration is a reader that SQL can name: a view that all sessions see,
// under a name that nobody else has.
type registration struct {
	view   string // qualified and quoted
	source *source
	stream exported
}

// Register makes reader readable, once, under the name that it returns.
func (s *session) Register(reader array.RecordReader) (name string, release func(), err error) {
	defer guard(&err)
	if err := s.begin(context.Background()); err != nil {
		return "", nil, fmt.Errorf("register rows: %w", err)
	}
	defer s.end()
	view := s.in.nextView()
	r := &registration{view: "memory.main." + ident.Quote(view), source: newSource(reader)}
	r.stream = newExported(r.source)
	s.readers = append(s.readers, r)
	if bindings.ArrowScan(s.conn, view, bindings.ArrowStream{Ptr: r.stream.pointer()}) == bindings.StateError {
		s.drop(r)
		return "", nil, fmt.Errorf("register rows: the engine cannot read their columns: %s", reader.Schema())
	}
	return r.view, sync.OnceFunc(func() { s.unregister(r) }), nil
}

func (s *session) unregister(r *registration) {
	s.run.Lock()
	defer s.run.Unlock()
	if s.closed {
		return
	}
	s.endStream(errors.New("the rows that it reads were released"))
	s.drop(r)
}

// drop forgets a registration. The caller holds run, and no result is open.
func (s *session) drop(r *registration) {
	kept := s.readers[:0]
	for _, other := range s.readers {
		if other != r {
			kept = append(kept, other)
		}
	}
	s.readers = kept
	s.keep(described{})                           // it may read them
	_ = s.direct("DROP VIEW IF EXISTS " + r.view) // one that is left can only fail to bind
	r.stream.free()
	r.source.close()
}

// direct runs generated text that has no result.
func (s *session) direct(sql string) error {
	var r bindings.Result
	defer bindings.DestroyResult(&r)
	if bindings.Query(s.conn, sql, &r) == bindings.StateError {
		return parseError(sql, bindings.ResultError(&r))
	}
	return nil
}
