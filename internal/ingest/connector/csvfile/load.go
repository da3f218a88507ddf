package csvfile

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// loader turns the chunks of one input into batches and rejects.
type loader struct {
	layout  *connector.Layout
	batch   *connector.Batch
	targets []*target
	sink    connector.Sink
	counts  connector.Counts
	// widen is set once a value did not fit a type that can widen: from then on
	// the input is only watched.
	widen *widener
}

func newLoader(layout *connector.Layout, file *fileLayout, s *settings, sink connector.Sink) *loader {
	l := &loader{layout: layout, batch: connector.NewBatch(layout, sink), sink: sink}
	for i, column := range layout.Columns {
		l.targets = append(l.targets, newTarget(column, l.batch.Vector(i), slices.Index(file.fields, i), s))
	}
	return l
}

// load takes a chunk, which has no more rows than the batch has left.
func (l *loader) load(c *chunk, s *settings) error {
	l.batch.Reserve(len(c.rows))
	if l.widen == nil && l.fill(c) {
		l.widen = newWidener(l.layout, l.targets, s)
	}
	if l.widen != nil {
		l.widen.watch(c)
		return nil
	}
	if l.layout.DiscardValues {
		l.discard(c)
	} else if bad := l.badRows(); len(bad) > 0 {
		l.batch.Rewind(len(c.rows))
		l.rejectRows(c, bad)
		l.fill(c)
	}
	for _, reject := range c.rejects {
		if err := l.sink.Reject(reject); err != nil {
			return err
		}
	}
	lines := l.batch.Lines()[l.batch.Rows():]
	for i := range c.rows {
		lines[i] = c.rows[i].line
	}
	l.counts.Rejected += int64(len(c.rejects))
	l.counts.Written += int64(len(c.rows))
	return l.batch.Add(len(c.rows))
}

// discard notes the values that do not fit; their rows stay.
func (l *loader) discard(c *chunk) {
	for _, t := range l.targets {
		for _, row := range t.bad {
			text := c.value(row, t.from)
			l.batch.Discard(l.batch.Rows()+row, t.column.Name, text, textvalue.Reason(t.column, text))
		}
	}
}

// fill sets the values of a chunk in the batch. It reports whether a column
// has to be widened.
func (l *loader) fill(c *chunk) (widens bool) {
	for _, t := range l.targets {
		t.bad = t.bad[:0]
		t.fill(c, l.batch.Rows())
		if len(t.bad) > 0 && t.widens(c, l.layout.Evolve) {
			widens = true
		}
	}
	return widens
}

// badRows are the rows in which a value does not fit, in order.
func (l *loader) badRows() []int {
	var bad []int
	for _, t := range l.targets {
		bad = append(bad, t.bad...)
	}
	slices.Sort(bad)
	return slices.Compact(bad)
}

// rejectRows moves rows of the chunk to its rejects.
func (l *loader) rejectRows(c *chunk, bad []int) {
	for _, row := range bad {
		r := c.rows[row]
		c.rejects = append(c.rejects, connector.Reject{
			Line: r.line, Raw: c.encoding.Raw(c.text[r.lo:r.hi]), Violations: l.violations(c, row),
		})
	}
	slices.SortStableFunc(c.rejects, func(a, b connector.Reject) int { return int(a.Line - b.Line) })
	rows, fields := c.rows[:0], c.fields[:0]
	for row, next := 0, 0; row < len(c.rows); row++ {
		if next < len(bad) && bad[next] == row {
			next++
			continue
		}
		rows = append(rows, c.rows[row])
		fields = append(fields, c.fields[row*c.width:(row+1)*c.width]...)
	}
	c.rows, c.fields = rows, fields
}

// violations are the values of a row that do not fit their columns.
func (l *loader) violations(c *chunk, row int) []connector.Violation {
	var all []connector.Violation
	for _, t := range l.targets {
		if t.from < 0 || t.column.Type.Kind == connector.String || t.isNull(c, row) {
			continue
		}
		if text := c.value(row, t.from); !t.fits(text) {
			all = append(all, connector.Violation{Column: t.column.Name, Rule: connector.RuleType, Reason: textvalue.Reason(t.column, text)})
		}
	}
	return all
}
