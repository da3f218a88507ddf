package jsonfile

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// pass moves pos to where b says that a value ends, or with no b to the end of
// the file, without holding more than a window of it. It returns how long it
// was and its start.
func (d *document) pass(b *brackets) (size int, kept []byte, err error) {
	for {
		n, v := d.hi-d.pos, unfinished
		if b != nil {
			n, v = b.follow(d.text[d.pos:d.hi])
		}
		part := d.text[d.pos : d.pos+n]
		kept = append(kept, part[:min(n, connector.KeptOfLong-len(kept))]...)
		size += n
		d.pos += n
		switch {
		case v == paired:
			return size, kept, nil
		case v == broken:
			return size, kept, errBroken
		case d.last && b != nil && b.inScalar && b.depth == 0:
			return size, kept, nil
		case d.last && b != nil:
			return size, kept, errCut
		case d.last:
			return size, kept, nil
		}
		if err := d.more(); err != nil {
			return size, kept, err
		}
	}
}

// skip passes a value that is no record and holds none.
func (d *document) skip(rec *record.Record) (found bool, err error) {
	line := d.lineAt(d.pos)
	_, kept, err := d.pass(&brackets{})
	var broken brokenError
	if errors.As(err, &broken) {
		d.begin(rec)
		rec.Line, rec.Raw = line, kept
		return true, d.givenUp(rec, "a value that is not part of the records: "+broken.Error())
	}
	return false, err
}

// oversize rejects the record at pos, which is too long, or does not end where
// it should.
func (d *document) oversize(rec *record.Record) error {
	if next, ok := d.nextRecord(d.pos); ok && d.column >= 0 {
		return d.cut(rec, next, connector.RuleFormat, notEnded, next-d.pos-1, true)
	}
	line := d.lineAt(d.pos)
	size, kept, err := d.pass(&brackets{})
	var broken brokenError
	if err != nil && !errors.As(err, &broken) {
		return err
	}
	rec.Line, rec.Raw = line, kept
	rec.Violations = []connector.Violation{connector.SizeViolation(size, d.max)}
	if err != nil {
		return d.givenUp(rec, broken.Error())
	}
	return nil
}

// givenUp adds the rest of the file to a reject, of which pos is somewhere
// inside.
func (d *document) givenUp(rec *record.Record, reason string) error {
	size, more, err := d.pass(nil)
	if err != nil {
		return err
	}
	d.levels = d.levels[:0]
	rec.Raw = append(rec.Raw, more[:min(len(more), connector.KeptOfLong-len(rec.Raw))]...)
	rec.Reject(connector.RuleFormat, reason+"; the rest of the file, "+itoa(int64(size))+" bytes more, belongs to this reject")
	return nil
}

// brokenError says why a value has no end.
type brokenError string

func (e brokenError) Error() string { return string(e) }

const (
	errBroken = brokenError("its brackets are not in pairs, or a string does not end on its line")
	errCut    = brokenError("the file ends inside it: " + cutOff)
)
