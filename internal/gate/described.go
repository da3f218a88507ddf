package gate

import (
	"context"
	"fmt"
	"sync"

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

// describedStates bounds how many states stay known of each generation.
const describedStates = 1 << 15

// readingStates is how many metadata files are read at once.
const readingStates = 8

// describedCache keeps what was read of states by their locations, which never
// change: those that were asked for lately, and as many of before.
type describedCache struct {
	mu          sync.Mutex
	young, aged map[string]*described
}

func (c *describedCache) get(location string) *described {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.young[location]; d != nil {
		return d
	}
	d := c.aged[location]
	if d != nil {
		c.keep(location, d)
	}
	return d
}

func (c *describedCache) put(location string, d *described) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(location, d)
}

func (c *describedCache) keep(location string, d *described) {
	if len(c.young) >= describedStates || c.young == nil {
		c.aged, c.young = c.young, map[string]*described{}
	}
	c.young[location] = d
}

// described tells of tables and views, each in the place of its entry. Only
// states that nobody has asked for yet are read.
func (p *passage) described(ctx context.Context, entries []lake.Entry) ([]*described, error) {
	out := make([]*described, len(entries))
	reading, ctx := errgroup.WithContext(ctx)
	reading.SetLimit(readingStates)
	for i, e := range entries {
		if e.Location != "" { // a catalog of somebody else's says it as the state is read
			out[i] = p.g.described.get(e.Location)
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
