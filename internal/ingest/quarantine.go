package ingest

import (
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/lake"
)

// A batch of rejects is sent on when it has this many rows or bytes.
const (
	rejectRows  = 2048
	rejectBytes = 1 << 20
)

// quarantineSchema is the schema of every quarantine table.
var quarantineSchema = lake.Schema{Fields: []lake.Field{
	{Name: FileColumn, Type: lake.Type{Kind: lake.String}, Doc: "File that the record came from"},
	{Name: LineColumn, Type: lake.Type{Kind: lake.Long}, Doc: "Line of the file where the record starts"},
	{Name: LoadColumn, Type: lake.Type{Kind: lake.String}, Doc: "Load that met the record (system.loads)"},
	{Name: LoadedAtColumn, Type: lake.Type{Kind: lake.TimestampTZ}, Doc: "When that load began"},
	{Name: "raw", Type: lake.Type{Kind: lake.Binary}, Doc: "The record as it stands in the file"},
	{Name: "violations", Doc: "Every rule that the record breaks", Type: lake.Type{Kind: lake.List, Elem: &lake.Field{
		Name: "element", Type: lake.Type{Kind: lake.Struct, Fields: []lake.Field{
			{Name: "column", Type: lake.Type{Kind: lake.String}},
			{Name: "rule", Type: lake.Type{Kind: lake.String}},
			{Name: "reason", Type: lake.Type{Kind: lake.String}},
		}},
	}}},
	{Name: linksColumn, Type: lake.Type{Kind: lake.String}, Doc: "What the record is linked to, where its bytes do not tell"},
}}

// linksColumn is the column of a quarantine for what a replay needs besides the
// bytes.
const linksColumn = "links"

// rejectSchema is how rejects travel to the writer.
var rejectSchema = arrow.NewSchema([]arrow.Field{
	{Name: FileColumn, Type: arrow.BinaryTypes.String},
	{Name: LineColumn, Type: arrow.PrimitiveTypes.Int64},
	{Name: LoadColumn, Type: arrow.BinaryTypes.String},
	{Name: LoadedAtColumn, Type: arrow.FixedWidthTypes.Timestamp_us},
	{Name: "raw", Type: arrow.BinaryTypes.Binary},
	{Name: "violations", Type: arrow.ListOf(arrow.StructOf(
		arrow.Field{Name: "column", Type: arrow.BinaryTypes.String, Nullable: true},
		arrow.Field{Name: "rule", Type: arrow.BinaryTypes.String},
		arrow.Field{Name: "reason", Type: arrow.BinaryTypes.String},
	))},
	{Name: linksColumn, Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// rejects gathers the rejected records of all files into batches.
type rejects struct {
	mu    sync.Mutex
	b     *array.RecordBuilder
	rows  int
	bytes int
	send  func(arrow.RecordBatch) error
}

func newRejects(send func(arrow.RecordBatch) error) *rejects {
	return &rejects{b: array.NewRecordBuilder(memory.DefaultAllocator, rejectSchema), send: send}
}

// add takes one record, and the load that met it; full batches are sent on.
func (r *rejects) add(file string, load loadOf, reject connector.Reject) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.b.Field(0).(*array.StringBuilder).Append(file)
	r.b.Field(1).(*array.Int64Builder).Append(reject.Line)
	r.b.Field(2).(*array.StringBuilder).Append(load.id)
	r.b.Field(3).(*array.TimestampBuilder).Append(arrow.Timestamp(load.at.UnixMicro()))
	r.b.Field(4).(*array.BinaryBuilder).Append(reject.Raw)
	list := r.b.Field(5).(*array.ListBuilder)
	list.Append(true)
	violation := list.ValueBuilder().(*array.StructBuilder)
	for _, v := range reject.Violations {
		violation.Append(true)
		column := violation.FieldBuilder(0).(*array.StringBuilder)
		if v.Column == "" {
			column.AppendNull()
		} else {
			column.Append(v.Column)
		}
		violation.FieldBuilder(1).(*array.StringBuilder).Append(v.Rule)
		violation.FieldBuilder(2).(*array.StringBuilder).Append(v.Reason)
	}
	if links := r.b.Field(6).(*array.StringBuilder); reject.Links == "" {
		links.AppendNull()
	} else {
		links.Append(reject.Links)
	}
	r.rows++
	r.bytes += len(reject.Raw)
	if r.rows >= rejectRows || r.bytes >= rejectBytes {
		return r.flushLocked()
	}
	return nil
}

// flush sends what is gathered.
func (r *rejects) flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flushLocked()
}

func (r *rejects) flushLocked() error {
	if r.rows == 0 {
		return nil
	}
	r.rows, r.bytes = 0, 0
	return r.send(r.b.NewRecordBatch())
}

// release frees the builder.
func (r *rejects) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.b.Release()
}
