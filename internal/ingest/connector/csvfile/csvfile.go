// Package csvfile is for reading delimited text: CSV, TSV and their relatives,
// compressed or not.
//
// It promises that no record is lost and none is guessed at: what fits becomes
// a row, everything else a reject with its line, its bytes and every reason.
// Dialect, header, encoding and types are found out unless they are declared,
// and types come from the values of all inputs. It leaves to others where rows
// go and what a repeated load means.
//
// # Records
//
// A record is a line, or several where a quoted field holds line ends. Blank
// lines, comment lines (only where `comment` is declared), skipped lines and
// the header are none.
//
// A quoted field starts with the quote as its first character; a quote inside
// an unquoted field is an ordinary character. Behind the closing quote comes
// the delimiter or the line end, anything else rejects the record (rule
// quote). A quoted field may hold line ends, up to the record limit. Where the
// quote is never closed within that limit, or where a field of several lines is
// closed in front of other text, the quote was most likely never meant to span
// lines: the record's first line is rejected (rule quote) and reading resumes
// at the next physical line, so that the good records below are not lost.
//
// A record over the limit `max_record` is rejected (rule size) with its first
// 64 KB; reading resumes at the next physical line.
//
// # Values
//
// In a string column an unquoted empty field is NULL and a quoted one is the
// empty string, unless `quoted_null` says otherwise; in a column of any other
// type both are NULL. Types are inferred only where the text says exactly what
// the type holds: numbers with leading zeros or a plus sign, integers beyond 64
// bits, numbers with more than 17 significant digits, NaN and infinities stay
// text. Dates and times are ISO 8601. A column whose values have different types becomes the narrowest
// type that holds them all: long and double give double (unless a long is
// beyond 2^53), date and timestamp give timestamp, everything else string.
// Declared columns are read more kindly: surrounding spaces, plus signs,
// leading zeros, "17850.0" as a long, yes and no as a boolean, a time without
// zone in a timestamptz column as UTC.
//
// # Encodings
//
// See [connector.SniffEncoding]. Bytes that are not text in the encoding reject
// the record (rule encoding).
package csvfile

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

const (
	defaultMaxRecord = 16 << 20
	largestMaxRecord = 256 << 20
)

// Format reads delimited text. The zero value is ready.
type Format struct{}

var _ connector.Format = Format{}

// Name returns "csv".
func (Format) Name() string { return "csv" }

// Endings are those of delimited text.
func (Format) Endings() []string { return []string{".csv", ".tsv", ".psv", ".txt"} }

// Options declares what may be set.
func (Format) Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "delimiter", Kind: connector.CharOption, Default: "found out: , ; tab or |", Doc: "The character between fields; none for one field per line."},
		{Name: "quote", Kind: connector.CharOption, Default: `", or ' where that is found`, Doc: "The character around fields; none turns quoting off."},
		{Name: "escape", Kind: connector.ChoiceOption, Choices: []string{escapeDoubled, escapeBackslash}, Default: "found out", Doc: "How a quote is written inside a quoted field."},
		{Name: "header", Kind: connector.BoolOption, Default: "found out", Doc: "Whether the first record names the columns; else they are column1, column2, …"},
		{Name: "names", Kind: connector.ListOption, Default: "column1, column2, …", Doc: "The columns' names where there is no header."},
		{Name: "encoding", Kind: connector.ChoiceOption, Choices: connector.Encodings, Default: "found out", Doc: "How characters are stored."},
		{Name: "compression", Kind: connector.ChoiceOption, Choices: connector.Compressions, Default: "found out from the first bytes", Doc: "How the file is compressed."},
		{Name: "comment", Kind: connector.TextOption, Default: "no comments", Doc: "What lines that are no records start with."},
		{Name: "null", Kind: connector.ListOption, Default: "the empty text", Doc: "Texts that mean NULL where they have no quotes."},
		{Name: "quoted_null", Kind: connector.BoolOption, Default: "false", Doc: "Whether they mean NULL in quotes too."},
		{Name: "skip", Kind: connector.CountOption, Default: "0", Doc: "How many physical lines to skip at the start of every file."},
		{Name: "max_record", Kind: connector.SizeOption, Default: "16MiB", Doc: "The largest record."},
		{Name: "date_format", Kind: connector.TextOption, Default: "ISO 8601 only", Doc: "Another way dates are written, such as %d/%m/%Y."},
		{Name: "timestamp_format", Kind: connector.TextOption, Default: "ISO 8601 only", Doc: "Another way times are written, such as %d/%m/%Y %H:%M:%S."},
	}
}

// settings are the options; nil and "" are found out.
type settings struct {
	delimiter, quote *byte
	escape           string
	header           *bool
	names            []string
	encoding         connector.Encoding
	compression      connector.Compression
	comment          string
	nulls            nullTexts
	skip             int64
	maxRecord        int
	formats          textvalue.Formats
}

const (
	escapeDoubled   = "doubled"
	escapeBackslash = "backslash"
)

func newSettings(options map[string]connector.Option) (settings, error) {
	checked, err := connector.CheckOptions(Format{}.Options(), options)
	var problems diag.Problems
	problems.AddError("bad-option", diag.Place{}, err)
	var s settings
	s.delimiter = char(checked, "delimiter")
	s.quote = char(checked, "quote")
	s.escape, _ = checked.Text("escape")
	if header, ok := checked.Bool("header"); ok {
		s.header = &header
	}
	s.names, _ = checked.List("names")
	encoding, _ := checked.Text("encoding")
	s.encoding = connector.Encoding(encoding)
	compression, _ := checked.Text("compression")
	s.compression = connector.Compression(compression)
	s.comment, _ = checked.Text("comment")
	nulls, ok := checked.List("null")
	s.nulls = newNullTexts(nulls, ok)
	s.nulls.quoted, _ = checked.Bool("quoted_null")
	s.skip = checked.Number("skip", 0)
	s.maxRecord = int(min(checked.Number("max_record", defaultMaxRecord), largestMaxRecord))
	for name, target := range map[string]**textvalue.Format{"date_format": &s.formats.Date, "timestamp_format": &s.formats.Timestamp} {
		if text, ok := checked.Text(name); ok {
			compiled, err := textvalue.ParseFormat(text)
			problems.AddError("bad-option", options[name].Place, wrapOption(name, err))
			*target = compiled
		}
	}
	if s.delimiter != nil && s.quote != nil && *s.delimiter != 0 && *s.delimiter == *s.quote {
		problems.Errorf("bad-option", options["quote"].Place, "delimiter and quote are the same character")
	}
	if len(s.names) > 0 && s.header != nil && *s.header {
		problems.Errorf("bad-option", options["names"].Place, "names are for files without a header, and header is true")
	}
	return s, problems.Err()
}

func wrapOption(name string, err error) error {
	if err == nil {
		return nil
	}
	return errors.New("option \"" + name + "\": " + err.Error())
}

// char returns a CharOption; 0 is "none", nil is not set.
func char(s connector.Settings, name string) *byte {
	text, ok := s.Text(name)
	if !ok {
		return nil
	}
	var c byte
	if text != "" {
		c = text[0]
	}
	return &c
}
