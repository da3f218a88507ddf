package csvfile

import "github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"

// watch notes the kinds of the values that go by.
type watch struct {
	nulls   *nullTexts
	formats textvalue.Formats
	seen    []textvalue.Kinds
}

func newWatch(s *settings, seen []textvalue.Kinds) *watch {
	return &watch{nulls: &s.nulls, formats: s.formats, seen: seen}
}

// column notes the values of a field of every row for seen[to]. Quoted values
// may be empty without telling anything.
func (w *watch) column(c *chunk, from, to int) {
	seen := w.seen[to]
	for row := 0; row < len(c.rows) && seen&textvalue.SawText == 0; row++ {
		f := c.fields[row*c.width+from]
		if f.empty() {
			continue
		}
		value := c.value(row, from)
		if len(w.nulls.other) > 0 && w.nulls.mean(c, f) {
			continue
		}
		seen |= w.formats.Classify(value)
	}
	w.seen[to] = seen
}
