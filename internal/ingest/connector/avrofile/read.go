package avrofile

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// Read reads one file. A record's line is its number.
func (f Format) Read(ctx context.Context, in connector.Input, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, ok := layout.Detail.(*detail)
	if !ok {
		return connector.Counts{}, fmt.Errorf("read %s: the layout is another format's", in.Name)
	}
	content, err := connector.OpenContent(ctx, in, d.compression, true)
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := d.read(ctx, in, content, layout, sink)
	return counts, errors.Join(err, content.Close())
}

func (d *detail) read(ctx context.Context, in connector.Input, content *connector.Content, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	c, err := openContainer(in, content)
	if err != nil {
		return connector.Counts{}, err
	}
	defer c.close()
	plan, err := newPlan(in, c.schema, d.truncate)
	if err != nil {
		return connector.Counts{}, err
	}
	loader := typed.NewLoader(layout, plan.fields, sink)
	defer loader.Close()
	records, err := plan.blocks(ctx, c, loader)
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := loader.Finish()
	counts.Lines = records
	content.Fill(&counts)
	return counts, err
}

// blocks reads all blocks and returns how many records there are.
func (p *plan) blocks(ctx context.Context, c *container, loader *typed.Loader) (records int64, err error) {
	d := &decoder{}
	values := make([]typed.Value, len(p.reads))
	for {
		block, n, err := c.next()
		if err == io.EOF { //nolint:errorlint // one that is wrapped is damage, not the end //nolint:errorlint // a wrapped one is a failure to read
			return records, ctx.Err()
		}
		if err != nil {
			return records, err
		}
		d.rest, d.empty = block, 0
		for i := range n {
			if i%looksBetween == 0 && ctx.Err() != nil {
				return records, ctx.Err()
			}
			if err := p.record(d, values); err != nil {
				return records, c.problem("damaged", "record %d of block %d has %v", i+1, c.blocks, err)
			}
			records++
			if err := loader.Row(records, values); err != nil {
				return records, err
			}
		}
		if len(d.rest) > 0 {
			return records, c.problem("damaged", "block %d claims to have %d records, but %d bytes follow them", c.blocks, n, len(d.rest))
		}
	}
}

// looksBetween is how many records are read between two looks at the context.
const looksBetween = 1024

// record reads the values of one record.
func (p *plan) record(d *decoder, values []typed.Value) error {
	d.arena.Reset()
	before := len(d.rest)
	for i, read := range p.reads {
		values[i] = typed.Value{}
		read(d, &values[i])
	}
	if before == len(d.rest) {
		if d.empty++; d.empty > mostEmpty {
			d.fail("no bytes, as %d records before it: the count lies", mostEmpty)
		}
	}
	return d.err
}
