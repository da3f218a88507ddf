// Package fixedwidth is for reading lines whose fields stand at fixed places,
// as mainframes, reports and psql write them.
//
// It promises that fields are counted in characters whatever the encoding, that
// a line is a row or a reject that says where it is too short or too long, and
// that what is declared of fields is checked before anything is read. It leaves
// types, columns and what becomes of a value that does not fit to package
// record.
//
// # Lines
//
// Where fields are is declared: one behind the other by their widths, or by
// their first and last characters, which leaves out what is between. Spaces
// around a value are dropped, unless trim says otherwise, and a field of spaces
// is NULL. Of the last field the end may be missing, as many programs drop the
// spaces there. A line that ends before is rejected (rule columns), or its
// missing fields are NULL (short_lines: pad); so is one with other characters
// than spaces behind the last field. Blank lines are no records.
package fixedwidth

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

const (
	trimBoth, trimLeft, trimRight, trimNone = "both", "left", "right", "none"

	rejectShort, padShort = "reject", "pad"
)

// New returns the format.
func New() connector.Format {
	return record.New(record.Spec{
		Name: "fixed_width",
		Options: []connector.OptionSpec{
			{Name: "fields", Kind: connector.TreeOption, Default: "must be set", Doc: "The fields in order, each {name, width}, or {name, start, end} by the first and the last character, from 1 on."},
			{Name: "trim", Kind: connector.ChoiceOption, Choices: []string{trimBoth, trimLeft, trimRight, trimNone}, Default: trimBoth, Doc: "On which sides of a value spaces are dropped."},
			{Name: "null", Kind: connector.ListOption, Default: "nothing but spaces", Doc: "Texts that mean NULL."},
			{Name: "short_lines", Kind: connector.ChoiceOption, Choices: []string{rejectShort, padShort}, Default: rejectShort, Doc: "Whether lines that lack fields are rejected, or have NULL there."},
			{Name: "skip", Kind: connector.CountOption, Default: "0", Doc: "How many physical lines to skip at the start of every file."},
			{Name: "comment", Kind: connector.TextOption, Default: "no comments", Doc: "What lines that are no records start with."},
		},
		Dates:   true,
		Prepare: prepare,
		Open: func(src record.Source) (record.Parser, error) {
			p := src.Prepared.(*settings)
			return p.open(src, p.skip)
		},
		OpenRecord: func(src record.Source) (record.Parser, error) { return src.Prepared.(*settings).open(src, 0) },
	})
}

// settings are the format's own options.
type settings struct {
	fields  []field
	trim    string
	nulls   []string
	pad     bool
	skip    int64
	comment string
}

func prepare(set connector.Settings, given map[string]connector.Option) (any, error) {
	fields, err := parseFields(given["fields"])
	if err != nil {
		return nil, err
	}
	s := &settings{fields: fields, trim: trimBoth, skip: set.Number("skip", 0)}
	if trim, ok := set.Text("trim"); ok {
		s.trim = trim
	}
	s.nulls, _ = set.List("null")
	short, _ := set.Text("short_lines")
	s.pad = short == padShort
	s.comment, _ = set.Text("comment")
	return s, nil
}

// open starts to parse an input whose first lines, skip of them, are no records.
// Those of a grown file's tail were read before.
func (s *settings) open(src record.Source, skip int64) (record.Parser, error) {
	if skip >= src.Line {
		text := bufio.NewReaderSize(src.Text, 64<<10)
		src.Text = text
		for ; src.Line <= skip; src.Line++ {
			if err := skipLine(text); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
		}
	}
	l := &line{settings: s, encoding: src.Encoding}
	for _, f := range s.fields {
		l.names = append(l.names, src.Names.ID([]byte(f.name)))
	}
	lines := record.NewLines(src, l.parse)
	if s.comment != "" {
		lines = &uncommented{lines, []byte(s.comment)}
	}
	return lines, nil
}

// uncommented leaves out the lines that start with comment.
type uncommented struct {
	record.Parser
	comment []byte
}

// Next makes rec the next line that is no comment.
func (p *uncommented) Next(rec *record.Record) error {
	for {
		if err := p.Parser.Next(rec); err != nil || !bytes.HasPrefix(rec.Raw, p.comment) {
			return err
		}
	}
}

func skipLine(text *bufio.Reader) error {
	for {
		if _, err := text.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}
