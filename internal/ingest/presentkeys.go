package ingest

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// keySchema is the schema of the batches of keys that a source has. It has no
// column that the writer does not take: the engine crashes where it is to leave
// out a column of a stream before one of texts by dictionary, as origins are.
func (s *supply) keySchema() *arrow.Schema {
	var fields []arrow.Field
	for _, k := range s.j.def.PrimaryKey {
		if i := s.j.layout.Index(k); i >= 0 {
			c := s.j.layout.Columns[i]
			fields = append(fields, arrow.Field{Name: c.Name, Type: c.Type.Arrow(), Nullable: true})
		}
	}
	if s.j.hasOrigins() {
		fields = append(fields, arrow.Field{Name: OriginColumn, Type: fileType})
	}
	return arrow.NewSchema(fields, nil)
}

// keyStream carries the keys of all rows that the sources have, where rows are
// to go whose key they no longer have; else it is nil.
func (s *supply) keyStream(ctx context.Context) *stream {
	if s == nil || !s.j.comparesKeys() {
		return nil
	}
	return newStream(ctx, s.keySchema(), 2)
}

// readKeys reads the keys, when all rows were read.
func (s *supply) readKeys(ctx context.Context, keys *stream) error {
	for _, o := range s.origins {
		if err := o.reading.ReadKeys(ctx, &keySink{keys: keys, origin: o.name, named: s.j.hasOrigins()}); err != nil {
			return fmt.Errorf("read the keys: %w", err)
		}
	}
	return nil
}

// keySink takes the keys of one origin.
type keySink struct {
	keys   *stream
	origin string
	named  bool
}

// Rows sends a batch of keys on.
func (k *keySink) Rows(b arrow.RecordBatch) error {
	own := k.keys.schema.Fields()
	if k.named {
		own = own[:len(own)-1]
	}
	want := arrow.NewSchema(own, nil)
	out := arrange(b, want)
	defer out.Release()
	if !out.Schema().Equal(want) {
		return fmt.Errorf("the keys come as %s, the rows with %s", out.Schema(), want)
	}
	for i, f := range own {
		if !arrow.TypeEqual(out.Column(i).DataType(), f.Type) {
			return fmt.Errorf("the key %s comes as %s, in rows it is %s", f.Name, out.Column(i).DataType(), f.Type)
		}
	}
	if !k.named {
		out.Retain()
		return k.keys.send(out)
	}
	return k.keys.send(withTexts(out, k.keys.schema, []string{k.origin}))
}

// Reject refuses a key that does not fit: with one left out, its row would go.
func (k *keySink) Reject(r connector.Reject) error {
	v := r.Violations[0]
	return fmt.Errorf("the key of a row does not fit: %s: %s", v.Column, v.Reason)
}
