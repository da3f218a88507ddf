package csvfile

import (
	"context"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Infer learns columns and types from a sample of each input.
func (f Format) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	s, err := newSettings(req.Options)
	if err != nil {
		return nil, err
	}
	samples, err := s.samples(ctx, inputs, sampleSize(req.SampleBytes, len(inputs)))
	if err != nil {
		return nil, err
	}
	var problems diag.Problems
	s.settleHeaders(samples, req, &problems)
	for _, found := range samples {
		found.columns = s.columnsOf(found, &problems)
	}
	layout := merge(s, samples, req, &problems)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return layout, nil
}

// samples looks at all inputs, several at once, and reports every problem.
func (s *settings) samples(ctx context.Context, inputs []connector.Input, limit int64) ([]*sample, error) {
	samples := make([]*sample, len(inputs))
	err := connector.EachInput(inputs, func(i int, in connector.Input) (err error) {
		own := *s // its formats remember the last date
		samples[i], err = own.sample(ctx, in, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return samples, nil
}

// settleHeaders decides for the files that cannot tell by themselves: their
// first record is a header where all its cells are names that are known from
// elsewhere, or where it looks like one. Files with and without a header do not
// go into one table.
func (s *settings) settleHeaders(samples []*sample, req connector.Request, problems *diag.Problems) {
	known := map[string]bool{"": true}
	for _, c := range req.Existing {
		known[ident.Fold(c.Name)] = true
	}
	for name := range req.Declared {
		known[ident.Fold(name)] = true
	}
	for _, found := range samples {
		if found.verdict == isHeader {
			for _, cell := range found.first {
				known[ident.Fold(cell)] = true
			}
		}
	}
	var with, without *sample
	for _, found := range samples {
		if found.width == 0 {
			continue
		}
		if found.verdict == unsure {
			found.settle(known)
		}
		if found.verdict == isHeader {
			with = found
		} else {
			without = found
		}
	}
	if with != nil && without != nil {
		problems.Errorf("header-mismatch", diag.Place{File: without.name, Line: int(without.line)},
			"no header was found here, but %s has one", with.name).
			Hint = "set header: true or header: false, or load these files into tables of their own"
	}
}

// settle decides whether the first record is a header, and counts its values
// where it is not.
func (found *sample) settle(known map[string]bool) {
	allKnown := true
	for _, cell := range found.first {
		allKnown = allKnown && known[ident.Fold(cell)]
	}
	if allKnown || found.looksNamed {
		found.verdict = isHeader
		return
	}
	found.verdict = noHeader
	for column := range found.seen {
		found.seen[column] |= found.seenFirst[column]
	}
}

// columnsOf returns the names of a file's columns.
func (s *settings) columnsOf(found *sample, problems *diag.Problems) []string {
	place := diag.Place{File: found.name, Line: int(found.line)}
	switch {
	case found.width == 0:
		return nil
	case found.verdict == isHeader:
		found.dialect.header = true
		return columnNames(found.first, place, problems)
	case len(s.names) == found.width:
		checkNames(s.names, place, problems)
		return s.names
	case len(s.names) > 0:
		problems.Errorf("names-mismatch", place, "%d names are declared, but the records have %d fields", len(s.names), found.width).
			Hint = "give as many names as there are fields"
	}
	names := make([]string, found.width)
	for column := range names {
		names[column] = numberedColumn(column)
	}
	return names
}
