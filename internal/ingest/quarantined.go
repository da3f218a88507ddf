package ingest

import (
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// quarantined are rows of a quarantine: line, load, when that began, raw,
// violations, links.
type quarantined struct {
	lines *array.Int64
	loads *array.String
	times *array.Timestamp
	raw   *array.Binary
	list  *array.List
	of    *array.Struct
	links *array.String
}

func quarantinedRows(b arrow.RecordBatch) (*quarantined, error) {
	q := &quarantined{}
	var ok [7]bool
	if b.NumCols() == 6 {
		q.lines, ok[0] = b.Column(0).(*array.Int64)
		q.loads, ok[1] = b.Column(1).(*array.String)
		q.times, ok[2] = b.Column(2).(*array.Timestamp)
		q.raw, ok[3] = b.Column(3).(*array.Binary)
		if q.list, ok[4] = b.Column(4).(*array.List); ok[4] {
			q.of, ok[5] = q.list.ListValues().(*array.Struct)
		}
		q.links, ok[6] = b.Column(5).(*array.String)
	}
	if ok != [7]bool{true, true, true, true, true, true, true} {
		return nil, fmt.Errorf("the rows of a quarantine come as %v", b.Schema())
	}
	return q, nil
}

// at is when the load of row i began.
func (q *quarantined) at(i int) time.Time { return time.UnixMicro(int64(q.times.Value(i))).UTC() }

// reject is row i as it was rejected; Raw is valid as long as the batch.
func (q *quarantined) reject(i int) connector.Reject {
	r := connector.Reject{Line: q.lines.Value(i), Raw: q.raw.Value(i)}
	if q.links.IsValid(i) {
		r.Links = strings.Clone(q.links.Value(i))
	}
	from, to := q.list.ValueOffsets(i)
	for k := int(from); k < int(to); k++ {
		var texts [3]string
		for f := range texts {
			if column := q.of.Field(f); column.IsValid(k) {
				texts[f] = strings.Clone(column.ValueStr(k))
			}
		}
		r.Violations = append(r.Violations, connector.Violation{Column: texts[0], Rule: texts[1], Reason: texts[2]})
	}
	return r
}
