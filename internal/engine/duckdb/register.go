//go:build duckdb_arrow

package duckdb

/*
#include <stdlib.h>
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/cdata"
	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// registration is a reader that SQL can name. The engine's own way makes a view
// that all sessions see; it gets a name that nobody else has, and the name
// asked for is a temporary view over it.
type registration struct {
	name   string
	view   string // qualified
	source *source
	stream unsafe.Pointer // struct ArrowArrayStream in C memory
}

// Register makes reader readable, once, as name.
func (s *session) Register(name string, reader array.RecordReader) (release func(), err error) {
	defer guard(&err)
	if err := errors.Join(checkText(name), s.begin(context.Background())); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	defer s.end()
	view := s.in.nextView()
	r := &registration{name: name, view: "memory.main." + ident.Quote(view), source: newSource(reader)}
	r.stream = C.calloc(1, C.size_t(unsafe.Sizeof(cdata.CArrowArrayStream{})))
	cdata.ExportRecordReader(r.source, (*cdata.CArrowArrayStream)(r.stream))
	s.readers = append(s.readers, r)
	if bindings.ArrowScan(s.conn, view, bindings.ArrowStream{Ptr: r.stream}) == bindings.StateError {
		s.drop(r)
		return nil, fmt.Errorf("register %s: the engine cannot read its columns: %s", name, reader.Schema())
	}
	if err := s.direct("CREATE OR REPLACE TEMP VIEW " + ident.Quote(name) + " AS FROM " + r.view); err != nil {
		s.drop(r)
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	return sync.OnceFunc(func() { s.unregister(r) }), nil
}

func (s *session) unregister(r *registration) {
	s.run.Lock()
	defer s.run.Unlock()
	if s.closed {
		return
	}
	s.endStream(fmt.Errorf("the reader %s was released", r.name))
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
	// Without the inner view the outer one, if any is left, only fails to bind.
	_ = s.direct("DROP VIEW IF EXISTS temp.main." + ident.Quote(r.name))
	_ = s.direct("DROP VIEW IF EXISTS " + r.view)
	cdata.ReleaseCArrowArrayStream((*cdata.CArrowArrayStream)(r.stream))
	C.free(r.stream)
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
