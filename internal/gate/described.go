package gate

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// described is what the catalog tells of a state of a table or view.
type described struct {
	comment string
	columns []describedColumn
	keys    []lake.Key
	// rows and bytes are those of its newest snapshot; -1 is not known.
	rows, bytes int64
}

type describedColumn struct {
	name, typ, comment string
	required           bool
	// precision, radix and scale are nil where the type is no number.
	precision, radix, scale any
}

// describedStates bounds how many states stay known of each generation. They are
// known by their locations, which never change.
const describedStates = 1 << 15

// readingStates is how many metadata files are read at once.
const readingStates = 8

// described tells of tables and views, each in the place of its entry. Only
// states that nobody has asked for yet are read.
func (p *passage) described(ctx context.Context, entries []lake.Entry) ([]*described, error) {
	out := make([]*described, len(entries))
	reading, ctx := errgroup.WithContext(ctx)
	reading.SetLimit(readingStates)
	for i, e := range entries {
		if e.Location != "" { // a catalog of somebody else's says it as the state is read
			out[i], _ = p.g.described.get(e.Location)
		}
		if out[i] != nil {
			continue
		}
		reading.Go(func() (err error) {
			out[i], err = p.describeState(ctx, e)
			return err
		})
	}
	return out, reading.Wait()
}

func (p *passage) describeState(ctx context.Context, e lake.Entry) (*described, error) {
	t, err := p.st.Scope.Table(ctx, e.Name)
	if err != nil {
		return nil, err
	}
	d := &described{comment: t.Doc(), keys: t.Keys()}
	if s := t.Current(); s != nil {
		d.rows, d.bytes = s.Records(), s.Bytes()
	}
	for _, f := range t.Schema().Fields {
		typ, err := scan.DuckType(f.Type)
		if err != nil {
			return nil, fmt.Errorf("column %s of %s: %w", f.Name, e.Name, err)
		}
		c := describedColumn{name: f.Name, typ: typ, comment: f.Doc, required: f.Required}
		c.precision, c.radix, c.scale = numeric(f.Type)
		d.columns = append(d.columns, c)
	}
	p.g.described.put(t.Location(), d)
	return d, nil
}
