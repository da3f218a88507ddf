package xmlfile

import (
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// parser finds the records of an input.
type parser struct {
	s scanner
	t tape
	w writer
	// ready is the index of the next record to hand out, where the outermost is
	// whole.
	ready int
	whole bool
	// numbered is the number of the last record.
	numbered int64
	// around are the records that are larger than a record may be and that the
	// scanner is in, outermost first.
	around []around
	// base is how many elements were open behind the tag of the outermost.
	base int
}

// around is a record that was rejected for its size; what is inside of it is
// read on.
type around struct {
	// depth is how many elements are open inside of it, itself counted.
	depth        int
	number, line int64
}

func newParser(src record.Source, o *settings) *parser {
	p := &parser{s: scanner{
		window: connector.NewWindow(src.Text), limit: src.MaxRecord, line: src.Line,
		names: newNames(o.record, o.prefixes), input: src.Input,
	}}
	p.t.reset()
	p.w = writer{s: &p.s, t: &p.t, fields: src.Names, value: src.Names.ID([]byte(textField))}
	return p
}

// Close gives memory back.
func (p *parser) Close() { p.s.window.Close() }

// End tells how the input ended. Nothing can be appended to a document, and what
// is would have numbers that were given already.
func (p *parser) End() record.End {
	s := &p.s
	s.release(len(s.text))
	lines := s.line - 1
	if s.last != '\n' && s.last != 0 {
		lines++
	}
	return record.End{Lines: lines}
}

// Next makes rec the next record.
func (p *parser) Next(rec *record.Record) error {
	if p.whole && p.ready == len(p.t.records) {
		p.release()
	}
	for !p.whole {
		if err := p.step(); errors.Is(err, errTooLong) {
			return p.oversize(rec)
		} else if err != nil {
			return err
		}
	}
	p.write(rec, &p.t.records[p.ready])
	p.ready++
	return nil
}

// release forgets the records that were handed out.
func (p *parser) release() {
	p.t.reset()
	p.s.hold, p.whole, p.ready = false, false, 0
	p.s.names.shrink(p.s.open)
}

// step takes one token.
func (p *parser) step() error {
	s := &p.s
	if err := s.next(); err != nil {
		return err
	}
	inside, within := s.hold, p.t.current
	if inside && s.hi > s.limit {
		return errTooLong
	}
	switch s.kind {
	case startTag:
		if s.names.list[s.name].record {
			p.startRecord()
			within = int32(len(p.t.records) - 1)
		} else if inside {
			p.t.openElement(s, false)
		}
		if s.empty && s.hold {
			p.endElement(s.hi)
		}
	case endTag:
		if inside {
			p.endElement(s.lo)
		} else if n := len(p.around); n > 0 && p.around[n-1].depth > len(s.open) {
			p.around = p.around[:n-1]
		}
	case text:
		if inside {
			p.t.characters(s)
		}
	}
	if s.hold && len(s.violations) > 0 {
		r := &p.t.records[within]
		r.violations = append(r.violations, s.violations[:min(len(s.violations), mostViolations-len(r.violations))]...)
	}
	if s.hold && !p.whole && len(p.t.nodes) > mostNodes {
		return errTooLong
	}
	return nil
}

// mostViolations is how many reasons a record is rejected for.
const mostViolations = 20

// startRecord is for the start tag of a record.
func (p *parser) startRecord() {
	s := &p.s
	if !s.hold {
		shift := s.lo
		s.release(shift)
		s.shift(shift)
		s.hold = true
		p.base = len(s.open)
	}
	r := recordAt{lo: s.lo, tag: s.hi, line: s.mark(s.lo)}
	switch {
	case p.t.current >= 0:
		outer := &p.t.records[p.t.current]
		r.parent, r.parentLine = outer.number, outer.line
	case len(p.around) > 0:
		outer := p.around[len(p.around)-1]
		r.parent, r.parentLine = outer.number, outer.line
	}
	p.numbered++
	r.number = p.numbered
	r.node = p.t.openElement(s, true)
	p.t.openRecord(r)
}

// shift moves the token's offsets by n, how far the window's start was moved.
func (s *scanner) shift(n int) {
	s.lo, s.hi = s.lo-n, s.hi-n
	for i := range s.attributes {
		if v := &s.attributes[i].value; !v.arena {
			v.lo, v.hi = v.lo-int32(n), v.hi-int32(n)
		}
	}
}

// endElement is for the end of the innermost element, whose content ends at hi.
func (p *parser) endElement(hi int) {
	if p.t.closeElement(hi, p.s.hi) {
		p.whole = true
	}
}

// write makes rec a record that was found.
func (p *parser) write(rec *record.Record, r *recordAt) {
	rec.Reset(r.line)
	rec.Number, rec.ParentNumber, rec.ParentLine = r.number, r.parent, r.parentLine
	rec.Raw = p.s.text[r.lo:r.hi]
	if len(r.violations) > 0 {
		rec.Violations = r.violations
		return
	}
	p.w.fields.Forget()
	p.w.content(rec, r.node)
}

// mostAround is how many records that are too large may be inside of each other:
// for each of them what is inside is read again.
const mostAround = 32

// oversize rejects the outermost record, which is larger than a record may be,
// and reads on inside of it, as the records in there may be good.
func (p *parser) oversize(rec *record.Record) error {
	s, r := &p.s, p.t.records[0]
	if len(p.around) == mostAround {
		return s.problem("too-large", "%d records that are inside of each other each have more than %d bytes (max_record)", mostAround+1, s.limit).
			WithHint("nothing of it was loaded; raise max_record, or name another element with record")
	}
	rec.Reset(r.line)
	rec.Number, rec.ParentNumber, rec.ParentLine = r.number, r.parent, r.parentLine
	// So much of it is in view, however the input was read.
	rec.Raw = s.text[:min(len(s.text), s.limit, connector.KeptOfLong)]
	reason := fmt.Sprintf("the record has more than %d bytes (max_record); its first %d are kept, and the records inside of it are read", s.limit, len(rec.Raw))
	if len(p.t.nodes) > mostNodes {
		rec.Raw = s.text[:min(s.pos, connector.KeptOfLong)]
		reason = fmt.Sprintf("the record has more than %d elements and attributes; its first %d bytes are kept, and the records inside of it are read", mostNodes, len(rec.Raw))
	}
	rec.Reject(connector.RuleSize, reason)
	// The element is open, but no record: the scanner goes back behind its tag.
	s.open = s.open[:p.base]
	s.pos, s.line, s.counted, s.until = r.tag, r.line, 0, ""
	p.around = append(p.around, around{len(s.open), r.number, r.line})
	p.numbered = r.number
	p.release()
	return nil
}
