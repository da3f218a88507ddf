package pgwire

import (
	"bytes"
	"context"
	"encoding/binary"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/ident"
)

// copyOut sends all rows of a portal as COPY does, and returns how many.
func (c *conn) copyOut(ctx context.Context, p *portal, o copying) (count int, err error) {
	format := byte(0)
	if o.format == "binary" {
		format = 1
	}
	formats := make([]uint16, len(p.columns))
	for i := range formats {
		formats[i] = uint16(format)
	}
	c.send(&pgproto3.CopyOutResponse{OverallFormat: format, ColumnFormatCodes: formats})
	// As PostgreSQL does, what a binary copy begins with comes in one message with
	// its first row.
	head := ""
	if format == 1 {
		head = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	}
	if o.header {
		c.out = copyData(c.out, func(b []byte) []byte { return o.headerRow(b, p.columns) })
	}
	err = p.during(ctx, func() error {
		for {
			there, err := p.fetch([]int16{int16(format)})
			if err != nil || !there {
				return err
			}
			for ; p.batch.left() > 0; p.batch.at++ {
				c.out = copyData(c.out, func(b []byte) []byte { return o.row(append(b, head...), p.batch, p.columns) })
				head = ""
				if len(c.out) >= bufferSize && c.flush() != nil {
					return errGone
				}
				count++
			}
		}
	})
	if err != nil {
		return 0, err
	}
	if format == 1 {
		c.out = copyData(c.out, func(b []byte) []byte { return append(append(b, head...), 0xff, 0xff) })
	}
	c.send(&pgproto3.CopyDone{})
	return count, nil
}

// copyData writes a message of rows.
func copyData(out []byte, write func([]byte) []byte) []byte {
	start := len(out)
	out = write(append(out, 'd', 0, 0, 0, 0))
	binary.BigEndian.PutUint32(out[start+1:], uint32(len(out)-start-1)) //nolint:gosec // a row is far smaller
	return out
}

func (o *copying) headerRow(b []byte, columns []column) []byte {
	for i, col := range columns {
		b = o.field(b, i, []byte(col.name), false)
	}
	return append(b, '\n')
}

// row writes the row at which a batch is.
func (o *copying) row(b []byte, rows *batch, columns []column) []byte {
	if o.format == "binary" {
		return rows.tuple(b)
	}
	for k := range rows.fields {
		if rows.fields[k].null(rows.at) {
			if k > 0 {
				b = append(b, o.delimiter)
			}
			b = append(b, o.null...)
			continue
		}
		rows.scratch = rows.fields[k].write(rows.scratch[:0], rows.at)
		b = o.field(b, k, rows.scratch, o.all || o.always[ident.Fold(columns[k].name)])
	}
	return append(b, '\n')
}

// field writes a value behind those before it.
func (o *copying) field(b []byte, k int, v []byte, always bool) []byte {
	if k > 0 {
		b = append(b, o.delimiter)
	}
	if o.format == "csv" {
		return o.quoted(b, v, always)
	}
	for _, c := range v {
		switch c {
		case '\b', '\f', '\n', '\r', '\t', '\v':
			b = append(b, '\\', "btnvfr"[c-'\b'])
		case '\\', o.delimiter:
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return b
}

// quoted writes a value of a file of values with delimiters: in quotes where it
// would mean something else without them.
func (o *copying) quoted(b, v []byte, always bool) []byte {
	if !always && string(v) != o.null && string(v) != `\.` && bytes.IndexByte(v, o.delimiter) < 0 && bytes.IndexByte(v, o.quote) < 0 && !bytes.ContainsAny(v, "\n\r") {
		return append(b, v...)
	}
	b = append(b, o.quote)
	for _, c := range v {
		if c == o.quote || c == o.escape {
			b = append(b, o.escape)
		}
		b = append(b, c)
	}
	return append(b, o.quote)
}
