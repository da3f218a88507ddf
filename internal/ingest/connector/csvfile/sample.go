package csvfile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

const (
	// sampleAll bounds the samples of all inputs together; each gets an even
	// share, no more than sampleFile, no less than sampleLeast.
	sampleAll   = 16 << 20
	sampleFile  = 1 << 20
	sampleLeast = 16 << 10
	// headSize is how much is looked at to find out a dialect.
	headSize = 32 << 10
)

// sampleSize is how much of each input is looked at.
func sampleSize(all int64, inputs int) int64 {
	switch {
	case all < 0:
		return 1 << 62
	case all == 0:
		return max(sampleLeast, min(sampleFile, sampleAll/int64(max(inputs, 1))))
	}
	return max(1, all/int64(max(inputs, 1)))
}

// sample is what the start of one input showed.
type sample struct {
	name    string
	dialect dialect
	// width is the number of fields; 0 is an input without records or header.
	width int
	// first are the cells of the first record, line is where it starts.
	first []string
	line  int64
	// verdict tells whether that is a header; looksNamed whether it may be.
	verdict    verdict
	looksNamed bool
	// seen are the kinds of the values in each column; where the verdict is
	// open, seenFirst are those of the first record.
	seen, seenFirst []textvalue.Kinds
	// columns are the columns' names, filled in last.
	columns []string
}

// sample looks at the first limit bytes of an input.
func (s *settings) sample(ctx context.Context, in connector.Input, limit int64) (*sample, error) {
	content, err := connector.OpenContent(ctx, in, s.compression, false)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }() // read only: there is nothing to lose
	h, err := s.readHead(content, int(min(limit, headSize)))
	if err != nil {
		return nil, err
	}
	found := &sample{name: in.Name}
	d, survey := s.sniff(h.text, h.eol, !h.whole)
	d.encoding, d.bom, d.compression = h.encoding, h.bom, content.Compression()
	found.dialect = d
	if len(survey.rows) == 0 {
		return found, s.emptySample(in, survey.faults > 0)
	}
	found.look(s, &survey)
	rest := &io.LimitedReader{R: content, N: limit - int64(len(h.stored))}
	if h.whole {
		rest.N = 1 // nothing is cut off
	}
	source := io.MultiReader(bytes.NewReader(h.stored[h.bom:]), rest)
	return found, s.observe(found, newRecords(h.encoding.Decode(source), d, s, found.width), rest)
}

// emptySample is for an input whose start holds no record that can be read.
func (s *settings) emptySample(in connector.Input, broken bool) error {
	if !broken {
		return nil
	}
	return diag.New("bad-header", diag.Place{File: in.Name, Line: int(s.skip) + 1}, "no record can be read: the quotes are broken").
		WithHint("declare quote and escape as they are, or quote: none")
}

// look takes what the survey tells.
func (found *sample) look(s *settings, v *survey) {
	found.verdict = s.judgeHeader(v)
	found.looksNamed = found.verdict == unsure && v.looksNamed()
	found.width = len(v.rows[0])
	if found.verdict == noHeader {
		found.width = v.width()
	}
	found.seen, found.seenFirst = make([]textvalue.Kinds, found.width), make([]textvalue.Kinds, found.width)
	for column := range v.rows[0] {
		cell := v.value(0, column)
		found.first = append(found.first, strings.TrimSpace(string(cell)))
		if found.verdict == unsure && len(cell) > 0 {
			found.seenFirst[column] = s.formats.Classify(cell)
		}
	}
}

// observe reads the sample for the kinds of its values.
func (s *settings) observe(found *sample, r *records, bound *io.LimitedReader) error {
	defer r.close()
	r.sample = bound
	err := r.skipLines(s.skip)
	found.line = r.line
	if err == nil && found.verdict != noHeader {
		found.line, _, err = r.takeFirst()
	}
	watch := newWatch(s, found.seen)
	for err == nil {
		var c *chunk
		if c, err = r.next(chunkRows); err == nil {
			for column := range found.seen {
				watch.column(c, column, column)
			}
		}
	}
	if !errors.Is(err, errEnd) {
		return err
	}
	return nil
}
