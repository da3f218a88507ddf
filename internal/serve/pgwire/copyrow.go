package pgwire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

const (
	// copyRowsAtOnce and copyBytesAtOnce end a batch of rows.
	copyRowsAtOnce  = 8192
	copyBytesAtOnce = 4 << 20
	// longestValue bounds one value, and so what a quote that is not closed takes.
	longestValue = 32 << 20
)

// value is one value of a row; given is false for NULL.
type value struct {
	bytes []byte
	given bool
}

// copyRows is the rows of COPY FROM as Arrow: of each column text, or bytes.
type copyRows struct {
	next    func() ([]value, error) // io.EOF is the end
	kinds   []kind
	names   []engine.Column
	line    int64 // where the row begins that comes next
	schema  *arrow.Schema
	builder *array.RecordBuilder
	batch   arrow.RecordBatch
	binary  bool
	refs    atomic.Int64
	err     error
}

var _ array.RecordReader = (*copyRows)(nil)

func newCopyRows(source io.Reader, o copying, columns []engine.Column, line string) (*copyRows, error) {
	kinds, err := copiedKinds(columns)
	if err != nil {
		return nil, err
	}
	r := &copyRows{kinds: kinds, names: columns, binary: o.format == "binary"}
	in := bufio.NewReaderSize(source, 1<<16)
	switch o.format {
	case "binary":
		r.next = (&binaryCopy{in: in, rows: r}).row
	case "csv":
		r.next = (&csvCopy{in: in, o: o, rows: r}).row
	default:
		r.next = (&textCopy{in: in, o: o, rows: r}).row
	}
	fields := make([]arrow.Field, 0, len(columns)+1)
	for i, col := range columns {
		var typ arrow.DataType = arrow.BinaryTypes.String
		if kinds[i].oid == pgcatalog.Bytea {
			typ = arrow.BinaryTypes.Binary
		}
		fields = append(fields, arrow.Field{Name: col.Name, Type: typ, Nullable: true})
	}
	r.schema = arrow.NewSchema(append(fields, arrow.Field{Name: line, Type: arrow.PrimitiveTypes.Int64}), nil)
	r.builder = array.NewRecordBuilder(memory.DefaultAllocator, r.schema)
	r.refs.Store(1)
	return r, nil
}

// Next reads the next rows.
func (r *copyRows) Next() bool {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
	if r.err != nil {
		return false
	}
	rows, size := 0, 0
	for rows < copyRowsAtOnce && size < copyBytesAtOnce {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			r.next = func() ([]value, error) { return nil, io.EOF }
			break
		}
		if err == nil {
			size, err = r.add(row, size)
		}
		if err != nil {
			r.err = err
			return false
		}
		rows++
	}
	if rows == 0 {
		return false
	}
	r.batch = r.builder.NewRecordBatch()
	return true
}

// add adds a row.
func (r *copyRows) add(row []value, size int) (int, error) {
	if len(row) != len(r.kinds) {
		if len(row) > len(r.kinds) {
			return 0, r.bad("22P04", "extra data after last expected column")
		}
		return 0, r.bad("22P04", "missing data for column \""+r.names[len(row)].Name+"\"")
	}
	for i, v := range row {
		size += len(v.bytes)
		if err := r.put(i, v); err != nil {
			return 0, err
		}
	}
	r.builder.Field(len(row)).(*array.Int64Builder).Append(r.line) //nolint:forcetypeassert // was made so
	return size, nil
}

func (r *copyRows) put(i int, v value) error {
	field := r.builder.Field(i)
	if !v.given {
		field.AppendNull()
		return nil
	}
	if b, ok := field.(*array.BinaryBuilder); ok {
		if r.binary {
			b.Append(v.bytes)
			return nil
		}
		data, err := bytesOf(string(v.bytes))
		if err != nil {
			return r.bad("22P02", err.Error())
		}
		b.Append(data)
		return nil
	}
	text := string(v.bytes)
	if r.binary {
		var err error
		if text, err = binaryText(r.kinds[i], v.bytes); err != nil {
			return r.bad("22P03", err.Error())
		}
	}
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return r.bad("22021", "invalid byte sequence for encoding \"UTF8\"")
	}
	if r.kinds[i].isDated() {
		text = engineEra(text)
	}
	field.(*array.StringBuilder).Append(text) //nolint:forcetypeassert // was made so
	return nil
}

// bad is what is wrong with the row that was read last.
func (r *copyRows) bad(code, message string) error {
	return fail(code, "line %d: %s", r.line, message)
}

// Err tells how the rows ended.
func (r *copyRows) Err() error { return r.err }

// Schema returns the columns.
func (r *copyRows) Schema() *arrow.Schema { return r.schema }

// RecordBatch returns what Next has read.
func (r *copyRows) RecordBatch() arrow.RecordBatch { return r.batch }

// Record is the old name of RecordBatch.
func (r *copyRows) Record() arrow.RecordBatch { return r.batch }

// Retain adds a reference.
func (r *copyRows) Retain() { r.refs.Add(1) }

// Release drops one.
func (r *copyRows) Release() {
	if r.refs.Add(-1) == 0 {
		if r.batch != nil {
			r.batch.Release()
		}
		r.builder.Release()
	}
}

// binaryCopy reads the binary format; its lines are rows.
type binaryCopy struct {
	in    *bufio.Reader
	rows  *copyRows
	begun bool
	row0  []value
}

var copySignature = []byte("PGCOPY\n\xff\r\n\x00")

func (b *binaryCopy) row() ([]value, error) {
	if !b.begun {
		if err := b.begin(); err != nil {
			return nil, err
		}
	}
	b.rows.line++
	var head [4]byte
	if _, err := io.ReadFull(b.in, head[:2]); errors.Is(err, io.EOF) {
		return nil, io.EOF // the last word is missing, as many clients leave it out
	} else if err != nil {
		return nil, b.cut(err)
	}
	count := int(int16(binary.BigEndian.Uint16(head[:2]))) //nolint:gosec // two's complement
	if count < 0 {
		return nil, io.EOF
	}
	b.row0 = b.row0[:0]
	for range count {
		if _, err := io.ReadFull(b.in, head[:]); err != nil {
			return nil, b.cut(err)
		}
		n := int32At(head[:])
		switch {
		case n == -1:
			b.row0 = append(b.row0, value{})
			continue
		case n < 0 || n > longestValue:
			return nil, b.rows.bad("22P04", "invalid length of a value")
		}
		v := make([]byte, n)
		if _, err := io.ReadFull(b.in, v); err != nil {
			return nil, b.cut(err)
		}
		b.row0 = append(b.row0, value{v, true})
	}
	return b.row0, nil
}

// begin reads what stands before the rows.
func (b *binaryCopy) begin() error {
	b.begun = true
	var head [19]byte
	if _, err := io.ReadFull(b.in, head[:]); err != nil {
		return b.cut(err)
	}
	if !bytes.Equal(head[:11], copySignature) {
		return fail("22P04", "COPY file signature not recognized")
	}
	if flags := binary.BigEndian.Uint32(head[11:]); flags>>16 != 0 {
		return fail("22P04", "unrecognized critical flags in COPY file header")
	}
	_, err := io.CopyN(io.Discard, b.in, int64(binary.BigEndian.Uint32(head[15:])))
	return b.cut(err)
}

// cut makes an early end an error.
func (b *binaryCopy) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fail("22P04", "unexpected EOF in COPY data")
	}
	return err
}
