package ingest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// ruleKey is the rule that a row breaks without a value in a column by which
// rows meet.
const ruleKey = "key"

// required are the columns in which every row needs a value.
func (j *job) required() []string {
	if !j.combines() {
		return nil
	}
	return j.mode("").Required()
}

// keyless sends the rows of b that lack a key to quarantine; the writer leaves
// them out. The record's own text is not at hand any more: what is kept of it is
// the row as JSON.
func (s *fileSink) keyless(b arrow.RecordBatch) error {
	var without []int
	required := s.j.required()
	for i, f := range b.Schema().Fields() {
		if b.Column(i).NullN() > 0 && slices.ContainsFunc(required, func(k string) bool { return ident.Fold(k) == ident.Fold(f.Name) }) {
			without = append(without, i)
		}
	}
	if len(without) == 0 {
		return nil
	}
	line := b.Schema().FieldIndices(LineColumn)
	for row := range int(b.NumRows()) {
		var violations []connector.Violation
		for _, i := range without {
			if b.Column(i).IsNull(row) {
				violations = append(violations, connector.Violation{Column: b.ColumnName(i), Rule: ruleKey, Reason: "has no value, and rows meet by it"})
			}
		}
		if violations == nil {
			continue
		}
		raw, err := asJSON(b, row)
		if err != nil {
			return err
		}
		reject := connector.Reject{Raw: raw, Violations: violations}
		if lines, ok := b.Column(line[0]).(*array.Int64); ok {
			reject.Line = lines.Value(row)
		}
		if _, err := s.judge(reject); err != nil {
			return err
		}
		s.withoutKey++
		if err := s.q.rejects.add(s.file, loadOf{s.j.id, s.j.started}, reject); err != nil {
			return err
		}
	}
	return nil
}

// moved counts rows without a key as rejected.
func (s *fileSink) moved(c connector.Counts) connector.Counts {
	c.Written -= s.withoutKey
	c.Rejected += s.withoutKey
	return c
}

// asJSON is one row without the columns of ours, but for the values that were
// left out of it: the key may be among them.
func asJSON(b arrow.RecordBatch, row int) ([]byte, error) {
	var out strings.Builder
	out.WriteByte('{')
	for i, f := range b.Schema().Fields() {
		if strings.HasPrefix(f.Name, connector.ReservedPrefix) && (f.Name != DiscardedColumn || b.Column(i).IsNull(row)) {
			continue
		}
		name, err := json.Marshal(f.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(b.Column(i).GetOneForMarshal(row))
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", f.Name, err)
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return []byte(out.String()), nil
}
