package jsonfile

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// newLines returns the parser of files whose lines are values.
func newLines(src record.Source, o *options) record.Parser {
	q := newParser(src.Names, o.omit)
	return record.NewLines(src, func(rec *record.Record, text []byte, lo, hi int) {
		q.line(rec, text, lo, hi, src.Encoding)
	})
}

// line makes rec the value that the line text[lo:hi] is.
func (q *parser) line(rec *record.Record, text []byte, lo, hi int, encoding connector.Encoding) {
	start := lo
	for start < hi && isBlank(text[start]) {
		start++
	}
	end := q.parse(rec, text, start, hi, true)
	if q.state == done {
		for end < hi && isBlank(text[end]) {
			end++
		}
		if end == hi {
			return
		}
		q.fail(end, "something follows behind the value: "+q.unexpected(end, "the end of the line"))
	}
	if q.state == short {
		q.fail(hi, "the line ends inside the value")
	}
	q.reject(rec, text[lo:hi], end-lo, encoding)
}

// reject gives rec the violations of a text that is not JSON at a byte of it.
func (q *parser) reject(rec *record.Record, raw []byte, at int, encoding connector.Encoding) {
	rec.Violations = connector.TextViolations(raw, encoding)
	if q.rule == connector.RuleEncoding && len(rec.Violations) > 0 && rec.Violations[len(rec.Violations)-1].Rule == connector.RuleEncoding {
		return
	}
	rec.Reject(q.rule, fmt.Sprintf("byte %d of the record: %s", at+1, q.reason))
}
