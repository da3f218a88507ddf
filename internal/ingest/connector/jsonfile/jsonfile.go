// Package jsonfile is for reading JSON: a record on each line (NDJSON), arrays
// of records, records one behind the other, or a single one. Which of them a
// file is, it finds out.
//
// It promises that no record is lost and none is guessed at: what is JSON
// becomes a row, everything else a reject with its line, its bytes and every
// reason. Files are streamed, an array of any size takes no more memory than its
// largest record. It leaves types, columns and batches to package record.
//
// # Records
//
// A value is a record; an array that is not inside another value holds records.
// A record's fields are columns; a record that is no object has the one column
// "value". The option `records` names the values inside those that are the
// records instead: data.items, or data.items[*]. Then a record carries the line
// of the one it is a part of, _tarn_parent_line. Where records do not each have
// a line they are numbered, _tarn_record, and parts have the number of what they
// are a part of, _tarn_parent_record.
//
// # Lines and documents
//
// A file whose lines are values of their own is read line by line: whatever is
// wrong with a line, the next one is a record again, and what is appended later
// can be read alone. Every other file, and one that starts with an array, is a
// document: values follow each other with any line ends between and inside them.
//
// # What is rejected
//
// Anything that RFC 8259 does not allow (rule format): NaN and infinities,
// trailing commas, comments, single quotes, unfinished values. A key that an
// object has twice (rule duplicate), 1,000 values inside each other (rule
// depth), bytes that are not UTF-8 and half surrogate pairs (rule encoding), a
// NUL byte (rule nul), a record over `max_record` (rule size).
//
// In a document the next record is looked for behind a broken one: where its
// brackets are in pairs, behind them; else at the next line that starts as the
// broken record did and holds a whole one. Where there is none within a
// megabyte, the rest of the file is one reject, of which the first 64 KB are
// kept. A document that ends before its arrays do ends with a reject that says
// so.
package jsonfile

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// JSON returns the format "json".
func JSON() connector.Format { return newFormat("json", false, ".json") }

// NDJSON returns the format "ndjson", which takes a file for lines where the
// start of it does not tell.
func NDJSON() connector.Format { return newFormat("ndjson", true, ".ndjson", ".jsonl") }

func newFormat(name string, linesInDoubt bool, endings ...string) connector.Format {
	return record.New(record.Spec{
		Name:    name,
		Endings: endings,
		Unicode: true,
		Options: []connector.OptionSpec{
			{Name: "records", Kind: connector.TextOption, Default: "the values themselves", Doc: "Where inside the file's values the records are, such as data.items."},
			{Name: "omit", Kind: connector.ListOption, Default: "nothing", Doc: "Fields of the records that are left out, such as those that are a table of their own."},
		},
		Prepare: func(set connector.Settings, given map[string]connector.Option) (any, error) {
			return prepare(set, given, linesInDoubt)
		},
		Look: func(head []byte, whole bool, prepared any) (any, error) {
			return looksLikeLines(head, whole, prepared.(*options).linesInDoubt), nil
		},
		Links: func(prepared, looked any) record.Links {
			lines, _ := looked.(bool)
			return record.Links{Number: !lines, Parent: len(prepared.(*options).path) > 0}
		},
		Open:       open,
		OpenRecord: openRecord,
	})
}

// options are what was declared.
type options struct {
	// path are the names that lead to the records.
	path []string
	omit []string
	// linesInDoubt says what a file is that does not tell.
	linesInDoubt bool
}

func prepare(set connector.Settings, given map[string]connector.Option, linesInDoubt bool) (any, error) {
	o := &options{linesInDoubt: linesInDoubt}
	o.omit, _ = set.List("omit")
	if text, ok := set.Text("records"); ok {
		path, err := parsePath(text)
		if err != nil {
			return nil, diag.New("bad-option", given["records"].Place, "option \"records\": %v", err).
				WithHint("write the names of fields with points between them, such as data.items")
		}
		o.path = path
	}
	return o, nil
}

func open(src record.Source) (record.Parser, error) {
	o := src.Prepared.(*options)
	lines, _ := src.Looked.(bool)
	switch {
	case !lines:
		return newDocument(src, o), nil
	case len(o.path) > 0:
		return newParts(src, o), nil
	default:
		return newLines(src, o), nil
	}
}
