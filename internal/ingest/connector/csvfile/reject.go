package csvfile

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// reject adds the record at text[lo:hi] to the chunk's rejects.
func (r *records) reject(lo, hi int, violations []connector.Violation) {
	if hi-lo > r.maxRecord {
		hi = min(hi, lo+connector.KeptOfLong)
	}
	r.rejectBytes(r.text[lo:hi], violations)
}

func (r *records) rejectBytes(text []byte, violations []connector.Violation) {
	r.chunk.rejects = append(r.chunk.rejects, connector.Reject{
		Line: r.line, Raw: r.dialect.encoding.Raw(text), Violations: violations,
	})
}

// rejectFirstLine rejects the first physical line of a record whose quotes are
// broken; the next record starts behind it.
func (r *records) rejectFirstLine(f fault, found int) {
	lo := r.pos
	next := r.scanner.lineEnd(r.text, lo) + 1
	hi := r.trimEnd(lo, next-1)
	r.reject(lo, hi, r.violations(lo, hi, f, found))
	r.pos = next
	r.line++
}

// violations are what is wrong with the shape of the record at text[lo:hi], in
// which found fields were scanned.
func (r *records) violations(lo, hi int, f fault, found int) []connector.Violation {
	if hi-lo > r.maxRecord {
		return []connector.Violation{connector.SizeViolation(hi-lo, r.maxRecord)}
	}
	var all []connector.Violation
	add := func(rule, reason string, args ...any) {
		all = append(all, connector.Violation{Rule: rule, Reason: fmt.Sprintf(reason, args...)})
	}
	switch {
	case f == openQuote:
		add(connector.RuleQuote, "the quote that opens field %d is never closed properly", found+1)
	case f == openTooLong:
		add(connector.RuleQuote, "the quoted lines that start here are longer than %d bytes (max_record)", r.maxRecord)
	case f == textAfterQuote:
		add(connector.RuleQuote, "text behind the closing quote of field %d", found)
	case f == closedElsewhere:
		add(connector.RuleQuote, "the quote that opens field %d is not closed on this line, and further down text is behind the next quote", found)
	case found != r.width:
		add(connector.RuleColumns, "expected %d fields, got %d", r.width, found)
	}
	return append(all, connector.TextViolations(r.text[lo:hi], r.dialect.encoding)...)
}

// oversize rejects a line that is longer than a record may be. The window is
// at its start and shows no line end.
func (r *records) oversize() error {
	line, err := r.window.SkipLongLine(r.dialect.eol)
	if err != nil {
		return err
	}
	if !line.Ended {
		if r.cut() {
			return errEnd
		}
		r.cutAtEnd, r.done = true, true
	}
	r.scanner.hopeless -= line.Skipped
	r.rejectBytes(line.Head, []connector.Violation{connector.SizeViolation(line.Size, r.maxRecord)})
	r.line++
	r.view()
	return nil
}
