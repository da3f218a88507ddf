package command

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/arrowvalue"
)

// What bounds the memory of one batch of a stream.
const (
	largestBatch    = 256 << 20
	largestMetadata = 16 << 20
)

// endOfStream is what a stream ends with: the mark of a message, of length 0.
const endOfStream = 0x00000000_FFFFFFFF

// The columns of a stream that mean something to Tarn.
const (
	rejectColumn = "_tarn_reject"
	rawColumn    = "_tarn_raw"
	stateColumn  = "_tarn_state"
)

// stream is a program's answer.
type stream struct {
	name   string
	file   *os.File
	reader *ipc.Reader
	// fields are the columns of data, at their positions in the batches.
	fields    []connector.Field
	positions []int
	// reject, raw and state are positions, -1 where there is none.
	reject, raw, state int
}

// openStream opens a stream and reads its schema.
func openStream(path, name string) (*stream, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s := &stream{name: name, file: file, reject: -1, raw: -1, state: -1}
	s.reader, err = ipc.NewReader(bufio.NewReaderSize(file, 1<<20), ipc.WithBodySizeLimit(largestBatch), ipc.WithMetadataSizeLimit(largestMetadata))
	if err != nil {
		return nil, errors.Join(s.broken(err), file.Close())
	}
	if err := s.columns(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *stream) close() error {
	s.reader.Release()
	return s.file.Close()
}

// broken says what is wrong with a stream.
func (s *stream) broken(err error) error {
	info, statErr := s.file.Stat()
	p := diag.New("damaged", diag.Place{}, "the answer of %s is not a whole Arrow stream: %v", s.name, err).WithCause(err).
		WithHint("nothing was loaded; it must write one Arrow IPC stream to its output, and nothing else, and close the writer at the end")
	if statErr == nil && info.Size() == 0 {
		p.Message = fmt.Sprintf("%s answered nothing", s.name)
	}
	return p
}

// columns finds out what the columns are.
func (s *stream) columns() error {
	var problems diag.Problems
	for i, f := range s.reader.Schema().Fields() {
		switch ident.Fold(f.Name) {
		case rejectColumn:
			s.reject = i
		case rawColumn:
			s.raw = i
		case stateColumn:
			s.state = i
		default:
			t, err := arrowvalue.TypeOf(f.Type)
			if err != nil {
				problems.Errorf("column-type", diag.Place{}, "column %q of %s: %v", f.Name, s.name, err)
				continue
			}
			s.fields = append(s.fields, connector.Field{Name: f.Name, Type: t})
			s.positions = append(s.positions, i)
		}
	}
	for _, i := range []int{s.reject, s.raw, s.state} {
		if i < 0 {
			continue
		}
		if f := s.reader.Schema().Field(i); f.Type.ID() != arrow.STRING && (i != s.raw || f.Type.ID() != arrow.BINARY) {
			problems.Errorf("column-type", diag.Place{}, "column %q of %s is %s: it must be utf8", f.Name, s.name, f.Type)
		}
	}
	return problems.Err()
}

// index is the position of a column of data, or -1.
func (s *stream) index(name string) int {
	return slices.IndexFunc(s.fields, func(f connector.Field) bool { return ident.Fold(f.Name) == ident.Fold(name) })
}

// block is one batch of a stream.
type block struct {
	rows    int64
	columns []arrow.Array
	// reasons say why the program rejects a row; NULL is a row that is none.
	reasons *array.String
	raw     arrow.Array
	// state is the last that the batch says, "" for none.
	state string
}

// each calls f with every batch, to the end of the stream.
func (s *stream) each(ctx context.Context, f func(*block) error) error {
	for s.reader.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f(s.block(s.reader.RecordBatch())); err != nil {
			return err
		}
	}
	if err := s.reader.Err(); err != nil && !errors.Is(err, io.EOF) {
		return s.broken(err)
	}
	return s.ended()
}

// ended checks that the stream has an end: readers take one that was cut
// between two batches for whole.
func (s *stream) ended() error {
	var mark [8]byte
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	if _, err := s.file.ReadAt(mark[:], info.Size()-int64(len(mark))); err != nil {
		return s.broken(err)
	}
	if binary.LittleEndian.Uint64(mark[:]) != endOfStream {
		return s.broken(io.ErrUnexpectedEOF)
	}
	return nil
}

func (s *stream) block(batch arrow.RecordBatch) *block {
	b := &block{rows: batch.NumRows()}
	for _, i := range s.positions {
		b.columns = append(b.columns, batch.Column(i))
	}
	if s.reject >= 0 {
		b.reasons = batch.Column(s.reject).(*array.String)
	}
	if s.raw >= 0 {
		b.raw = batch.Column(s.raw)
	}
	if s.state >= 0 {
		states := batch.Column(s.state).(*array.String)
		for row := states.Len() - 1; row >= 0; row-- {
			if states.IsValid(row) {
				b.state = string([]byte(states.Value(row)))
				break
			}
		}
	}
	return b
}

// nextReject is the first row from a row on that the program rejects.
func (b *block) nextReject(from int64) int64 {
	for row := from; b.reasons != nil && row < b.rows; row++ {
		if b.reasons.IsValid(int(row)) {
			return row
		}
	}
	return b.rows
}

// reject hands on a row that the program rejects.
func (b *block) reject(row, line int64, sink connector.Sink) error {
	var raw []byte
	switch a := b.raw.(type) {
	case *array.String:
		raw = []byte(a.Value(int(row)))
	case *array.Binary:
		raw = a.Value(int(row))
	}
	return sink.Reject(connector.Reject{Line: line, Raw: raw, Violations: []connector.Violation{
		{Rule: connector.RuleFormat, Reason: b.reasons.Value(int(row))},
	}})
}
