package pgwire

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"
)

// rows sends the next rows, or only passes them over; more says that there may
// be others after them.
func (p *portal) rows(ctx context.Context, most int, formats []int16, send bool) (count int, more bool, err error) {
	if p.ended || p.result == nil {
		return 0, false, nil
	}
	if err := p.accept(formats); err != nil {
		return 0, false, err
	}
	err = p.during(ctx, func() error {
		if err := p.still(ctx); err != nil {
			return err
		}
		for most == 0 || count < most {
			there, err := p.fetch(formats)
			if err != nil || !there {
				return err
			}
			n := p.batch.left()
			if most > 0 {
				n = min(n, most-count)
			}
			bytes, err := p.c.put(p.batch, n, send)
			if err != nil {
				return err
			}
			p.entry.Sent(int64(n), bytes)
			count += n
		}
		more = true
		return nil
	})
	if err == nil && !more {
		p.close()
	}
	return count, more, err
}

// still looks again whether the client may read, where it comes back for more.
func (p *portal) still(ctx context.Context) (err error) {
	if !p.later {
		p.later = true
		return nil
	}
	if err = p.c.identify(ctx); err != nil {
		return err
	}
	return p.result.Still(p.c.who)
}

// accept checks the formats that the client asks for.
func (p *portal) accept(formats []int16) error {
	if len(formats) > 1 && len(formats) != len(p.columns) {
		return fail("08P01", "there are %d formats for %d columns", len(formats), len(p.columns))
	}
	for _, f := range formats {
		if f != 0 && f != 1 {
			return fail("22023", "the format %d is not known", f)
		}
	}
	return nil
}

// fetch makes sure that there is a row; false is the end.
func (p *portal) fetch(formats []int16) (bool, error) {
	for p.batch == nil || p.batch.left() == 0 {
		if err := p.turn.Wait(p.ctx); err != nil {
			return false, err
		}
		if !p.result.Next() {
			return false, p.result.Err()
		}
		p.turn.Rest() // while the client takes what is there
		p.batch = newBatch(p.result.RecordBatch(), p.columns, formats, p.c.settings.zone)
	}
	return true, nil
}

// put sends rows of a batch, a buffer at a time, and returns how many bytes they
// have.
func (c *conn) put(b *batch, n int, send bool) (bytes int64, err error) {
	if !send {
		b.at += n
		return 0, nil
	}
	for range n {
		before := len(c.out)
		c.out = b.row(c.out)
		if bytes += int64(len(c.out) - before); len(c.out) >= bufferSize {
			if err := c.flush(); err != nil {
				return bytes, errGone
			}
		}
	}
	return bytes, nil
}

func (p *portal) rowDescription() *pgproto3.RowDescription {
	return rowDescription(p.columns, p.formats)
}

func rowDescription(columns []column, formats []int16) *pgproto3.RowDescription {
	fields := make([]pgproto3.FieldDescription, len(columns))
	for i, col := range columns {
		fields[i] = pgproto3.FieldDescription{Name: []byte(col.name), DataTypeOID: col.kind.oid, DataTypeSize: col.kind.size,
			TypeModifier: col.kind.modifier, Format: formatOf(formats, i)}
	}
	return &pgproto3.RowDescription{Fields: fields}
}

func formatOf(formats []int16, i int) int16 {
	switch len(formats) {
	case 0:
		return 0
	case 1:
		return formats[0]
	}
	if i < len(formats) {
		return formats[i]
	}
	return 0
}
