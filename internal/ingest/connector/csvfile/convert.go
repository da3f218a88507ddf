package csvfile

import (
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// target is one column of the layout while an input is read: it turns the text
// of a field into values.
type target struct {
	column connector.Column
	vector *connector.Vector
	// from is the input's field, -1 where the input does not have the column.
	from  int
	nulls *nullTexts
	// fill sets the values of a chunk's rows, from row base of the batch on,
	// and notes in bad the rows whose text does not fit; these are NULL.
	fill func(c *chunk, base int)
	// fits reports whether a text, not NULL, fits.
	fits func(text []byte) bool
	bad  []int
}

func newTarget(column connector.Column, vector *connector.Vector, from int, s *settings) *target {
	t := &target{column: column, vector: vector, from: from, nulls: &s.nulls}
	switch {
	case from < 0:
		t.fill = func(c *chunk, base int) { vector.NullRows(base, base+len(c.rows)) }
	case column.Origin == connector.Unseen:
		t.fill, t.fits = t.fillUnseen, func([]byte) bool { return false }
	case column.Type.Kind == connector.String, column.Type.Kind == connector.Binary:
		t.fill, t.fits = t.fillText, func([]byte) bool { return true }
	default:
		t.parseWith(s.formats, column.Origin == connector.Declared)
	}
	return t
}

// parseWith chooses how texts become values of the column's type.
func (t *target) parseWith(own textvalue.Formats, kindly bool) {
	f := &own // a copy: it remembers the last date
	switch t.column.Type.Kind {
	case connector.Boolean:
		t.fill, t.fits = booleans(t, pick(kindly, textvalue.KindlyBoolean, textvalue.ParseBoolean))
	case connector.Int:
		t.fill, t.fits = values(t, t.vector.Int32s, pick(kindly, textvalue.KindlyInt, textvalue.ParseInt))
	case connector.Long:
		t.fill, t.fits = values(t, t.vector.Int64s, pick(kindly, textvalue.KindlyLong, textvalue.ParseLong))
	case connector.Float:
		t.fill, t.fits = values(t, t.vector.Float32s, pick(kindly, textvalue.KindlyFloat, textvalue.ParseFloat))
	case connector.Double:
		t.fill, t.fits = values(t, t.vector.Float64s, pick(kindly, textvalue.KindlyDouble, textvalue.ParseDouble))
	case connector.Decimal:
		parser := textvalue.DecimalParser{Precision: t.column.Type.Precision, Scale: t.column.Type.Scale, Kindly: kindly}
		t.fill, t.fits = values(t, t.vector.Decimals, parser.Parse)
	case connector.Date:
		t.fill, t.fits = values(t, t.vector.Int32s, pick(kindly, f.KindlyDate, f.ParseDate))
	case connector.Timestamp:
		t.fill, t.fits = values(t, t.vector.Int64s, pick(kindly, f.KindlyTimestamp, f.ParseTimestamp))
	case connector.TimestampTZ:
		t.fill, t.fits = values(t, t.vector.Int64s, pick(kindly, f.KindlyTimestampTZ, f.ParseTimestampTZ))
	case connector.Time:
		t.fill, t.fits = values(t, t.vector.Int64s, pick(kindly, textvalue.KindlyTime, textvalue.ParseTime))
	case connector.UUID:
		t.fill, t.fits = t.fillUUIDs, textvalue.IsUUID
	default: // lists, structs and maps, which no text is
		t.fill, t.fits = t.fillUnseen, func([]byte) bool { return false }
	}
}

func pick[F any](first bool, a, b F) F {
	if first {
		return a
	}
	return b
}

// value is any value of a fixed width but a boolean, which has one bit.
type value interface {
	int32 | int64 | float32 | float64 | decimal128.Num
}

// values returns fill and fits for a column of fixed width.
func values[T value](t *target, out func() []T, parse func([]byte) (T, bool)) (func(*chunk, int), func([]byte) bool) {
	fill := func(c *chunk, base int) {
		slots := out()[base : base+len(c.rows)]
		for row := range slots {
			text := t.text(c, row)
			if text == nil {
				t.vector.SetNull(base + row)
			} else if v, ok := parse(text); ok {
				slots[row] = v
			} else {
				t.vector.SetNull(base + row)
				t.bad = append(t.bad, row)
			}
		}
	}
	return fill, func(text []byte) bool { _, ok := parse(text); return ok }
}

// booleans is values for booleans.
func booleans(t *target, parse func([]byte) (bool, bool)) (func(*chunk, int), func([]byte) bool) {
	fill := func(c *chunk, base int) {
		for row := range c.rows {
			text := t.text(c, row)
			if text == nil {
				t.vector.SetNull(base + row)
			} else if v, ok := parse(text); ok {
				t.vector.SetBool(base+row, v)
			} else {
				t.vector.SetNull(base + row)
				t.bad = append(t.bad, row)
			}
		}
	}
	return fill, func(text []byte) bool { _, ok := parse(text); return ok }
}

// text returns a row's text, nil for NULL, in a column that is not string:
// there an empty text is NULL, quoted or not.
func (t *target) text(c *chunk, row int) []byte {
	f := c.fields[row*c.width+t.from]
	if f.empty() {
		return nil
	}
	if len(t.nulls.other) == 0 && !f.escaped() {
		return c.text[f.lo:f.end()]
	}
	if t.isNull(c, row) {
		return nil
	}
	return c.value(row, t.from)
}

// isNull reports whether a row's field is NULL in a column that is not string.
func (t *target) isNull(c *chunk, row int) bool {
	f := c.fields[row*c.width+t.from]
	return f.empty() || t.nulls.mean(c, f)
}

// fillText fills a string column, where the empty text is not always NULL.
func (t *target) fillText(c *chunk, base int) {
	others := len(t.nulls.other) > 0
	at := t.from
	for row := range c.rows {
		f := c.fields[at]
		at += c.width
		switch {
		case f.escaped():
			t.vector.SetText(base+row, c.value(row, t.from))
		case (others || f.empty()) && t.nulls.mean(c, f):
			t.vector.SetNull(base + row)
		default:
			t.vector.CopyText(base+row, c.text, int(f.lo), int(f.end()))
		}
	}
}

// fillUUIDs fills a column of UUIDs.
func (t *target) fillUUIDs(c *chunk, base int) {
	for row := range c.rows {
		text := t.text(c, row)
		switch {
		case text == nil:
			t.vector.SetNull(base + row)
		case textvalue.IsUUID(text):
			t.vector.SetText(base+row, text)
		default:
			t.vector.SetNull(base + row)
			t.bad = append(t.bad, row)
		}
	}
}

// fillUnseen fills a column in which every value does not fit.
func (t *target) fillUnseen(c *chunk, base int) {
	for row := range c.rows {
		t.vector.SetNull(base + row)
		if !t.isNull(c, row) {
			t.bad = append(t.bad, row)
		}
	}
}
