package httpapi

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// spool is the rows of a result in a file of Arrow's. The file has no name from
// the beginning, so that it goes with the process, however that ends.
type spool struct {
	file   *os.File
	schema *arrow.Schema
	size   int64
	// ends has for each batch how many rows there are up to its end.
	ends []int64

	mu     sync.Mutex
	users  int
	closed bool
}

// newSpool makes an empty one in a folder.
func newSpool(folder string, schema *arrow.Schema) (*spool, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for results: %w", err)
	}
	f, err := os.CreateTemp(folder, "result-")
	if err != nil {
		return nil, fmt.Errorf("make a file for a result: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("make a file for a result: %w", err), f.Close())
	}
	return &spool{file: f, schema: schema}, nil
}

// Write counts what goes into the file.
func (s *spool) Write(b []byte) (int, error) {
	n, err := s.file.Write(b)
	s.size += int64(n)
	return n, err
}

// fill writes all rows; took is told of what each batch took, and may end it.
func (s *spool) fill(rows array.RecordReader, took func(rows, bytes int64) error) error {
	w, err := ipc.NewFileWriter(s, ipc.WithSchema(s.schema))
	if err != nil {
		return err
	}
	for rows.Next() {
		b, before := rows.RecordBatch(), s.size
		if err := w.Write(b); err != nil {
			return fmt.Errorf("keep the rows of a result: %w", err)
		}
		s.ends = append(s.ends, s.rows()+b.NumRows())
		if err := took(b.NumRows(), s.size-before); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return w.Close()
}

// rows is how many there are.
func (s *spool) rows() int64 {
	if len(s.ends) == 0 {
		return 0
	}
	return s.ends[len(s.ends)-1]
}

// use keeps the file until the reader that it returns is released, which reads
// from a row on; nil is a file that is closed already.
func (s *spool) use(from int64) (*spoolReader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil
	}
	r, err := ipc.NewFileReader(io.NewSectionReader(s.file, 0, s.size))
	if err != nil {
		return nil, fmt.Errorf("read the rows of a result: %w", err)
	}
	s.users++
	first := sort.Search(len(s.ends), func(i int) bool { return s.ends[i] > from })
	reader := &spoolReader{spool: s, file: r, next: first, refs: 1}
	if first > 0 {
		from -= s.ends[first-1]
	}
	reader.skip = from
	return reader, nil
}

// close lets go of the file when nobody reads it any more.
func (s *spool) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.closeUnused()
}

func (s *spool) closeUnused() {
	if s.closed && s.users == 0 {
		_ = s.file.Close() // nothing of it is wanted any more
	}
}

// spoolReader reads rows of a spool. It is not safe for concurrent use.
type spoolReader struct {
	spool *spool
	file  *ipc.FileReader
	next  int
	skip  int64
	batch arrow.RecordBatch
	refs  int
	err   error
}

var _ array.RecordReader = (*spoolReader)(nil)

// Schema returns the columns.
func (r *spoolReader) Schema() *arrow.Schema { return r.spool.schema }

// Next reads the next batch.
func (r *spoolReader) Next() bool {
	r.drop()
	if r.err != nil || r.next >= len(r.spool.ends) {
		return false
	}
	b, err := r.file.RecordBatchAt(r.next)
	if err != nil {
		r.err = fmt.Errorf("read the rows of a result: %w", err)
		return false
	}
	r.next++
	r.batch = b
	if r.skip > 0 {
		r.batch = b.NewSlice(r.skip, b.NumRows())
		b.Release()
		r.skip = 0
	}
	return true
}

func (r *spoolReader) drop() {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
}

// RecordBatch returns what Next read, valid until the next call of it.
func (r *spoolReader) RecordBatch() arrow.RecordBatch { return r.batch }

// Record is the old name of RecordBatch.
func (r *spoolReader) Record() arrow.RecordBatch { return r.batch }

// Err tells how reading ended.
func (r *spoolReader) Err() error { return r.err }

// Retain adds a reference.
func (r *spoolReader) Retain() { r.refs++ }

// Release drops a reference; the last one lets go of the file.
func (r *spoolReader) Release() {
	if r.refs--; r.refs > 0 {
		return
	}
	r.drop()
	s := r.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users--
	_ = r.file.Close() // reads from memory of ours
	s.closeUnused()
}
