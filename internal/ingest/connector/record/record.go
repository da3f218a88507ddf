// Package record is for formats whose inputs are records of named values that
// may nest: JSON, XML, logs, fixed width. Such a format hands in a [Spec] with a
// [Parser]; this package makes a [connector.Format] of it.
//
// It promises what every format must keep: types come from the values of all
// inputs whatever their order and however much of them was sampled, columns come
// together by name, a value that does not fit widens an inferred column and is
// rejected (or discarded) where a column was declared or is the table's, and
// every record is accounted for. Encodings, compression, checksums, tails and
// cancellation are dealt with here, and so is reading the lines of one large
// input on several processors. It leaves to the parsers where records
// begin and end, what their values are and which bytes are no record.
//
// # Types
//
// A field's type is the narrowest that holds all of its values:
//
//   - Scalars are those of package textvalue: long, double, boolean, string, and
//     dates and timestamps in ISO form. A number that neither a long nor a
//     double holds exactly (a long beyond 64 bits, more than 17 significant
//     digits) makes the field string and keeps its digits.
//   - Objects become structs, merged field by field; lists become lists of the
//     type that holds all elements.
//   - Where a scalar, a list and an object come together the field is string:
//     scalars as their text, the others as JSON text. So are objects that no
//     struct holds: with fields whose names differ only by case, with more than
//     500 fields, with names over 1 KB, nested deeper than 20 levels, or empty
//     ones. Declare such a field as a map, or a struct.
//   - An empty text tells nothing, and is NULL where the field is not string.
//   - A column without any value is string, as in CSV; inside a struct such a
//     field is left out until it has a value.
package record

import (
	"context"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	defaultMaxRecord = 16 << 20
	largestMaxRecord = 256 << 20
)

// Spec is what this package needs to make a format.
type Spec struct {
	// Name is the word in a project's `format:`.
	Name string
	// Endings are the ends of names of such files, as connector.Ender has them.
	Endings []string
	// Options are the format's own; encoding, compression and max_record are
	// added.
	Options []connector.OptionSpec
	// Dates adds the options date_format and timestamp_format.
	Dates bool
	// MaxRecord is the default of max_record; 0 is 16 MiB.
	MaxRecord int64
	// Unicode says that the format is UTF-8, or UTF-16, unless another encoding
	// is declared.
	Unicode bool
	// SingleIsList says that a list of one value looks like the value: where a
	// field is a list in some records, every other value is a list of one.
	SingleIsList bool
	// TextField is the field for a text that stands alone where there are objects
	// in other records; "" is none.
	TextField string
	// Encoding finds out from an input's first bytes, stored as they are, how its
	// characters are stored, unless that is declared; may be nil, and "" leaves it
	// to be found out as elsewhere.
	Encoding func(head []byte) (connector.Encoding, error)
	// Prepare checks the options and makes of them what Look and Open need as
	// Source.Prepared; may be nil.
	Prepare func(set connector.Settings, given map[string]connector.Option) (any, error)
	// Survey looks at all inputs, where it matters what they are like together,
	// and returns Prepared anew; may be nil.
	Survey func(ctx context.Context, inputs Inputs, prepared any) (any, error)
	// Columns are those that every input has, whatever its records hold, given
	// what Prepare returned; may be nil. Their types are as if declared.
	Columns func(prepared any) []connector.Column
	// Look finds out from the start of an input how the input is written, for
	// Open as Source.Looked; may be nil. Whole says that head is all of it.
	Look func(head []byte, whole bool, prepared any) (any, error)
	// Links tells which columns link the records of an input; may be nil.
	Links func(prepared, looked any) Links
	// Open starts to parse an input.
	Open func(src Source) (Parser, error)
	// OpenRecord starts to parse the bytes of one record alone, as a reject kept
	// them, where Open would not take them for a record; may be nil.
	OpenRecord func(src Source) (Parser, error)
}

// Links says which columns for linking records an input's records have.
type Links struct {
	// Number is the column _tarn_record: where lines do not tell records apart.
	Number bool
	// Parent is the column _tarn_parent_line, and with Number also
	// _tarn_parent_record: where records are parts of others.
	Parent bool
}

// Source is what a parser reads.
type Source struct {
	// Input is the input's name.
	Input string
	// Text is the input's text as UTF-8, without a byte order mark. What was no
	// text in the input's encoding is not valid UTF-8 here.
	Text io.Reader
	// Line is the number of the first line of Text.
	Line int64
	// Encoding is for messages; rejects are encoded again by the caller.
	Encoding connector.Encoding
	// MaxRecord is the largest record.
	MaxRecord int
	Settings  connector.Settings
	// Prepared and Looked are what the Spec's functions returned.
	Prepared, Looked any
	// Names interns the names of fields.
	Names *Names
}

// Parser reads the records of one input.
type Parser interface {
	// Next makes rec the next record, or returns io.EOF. What it puts into rec
	// is valid until the call after.
	Next(rec *Record) error
	// End tells how the input ended, after io.EOF.
	End() End
	// Close gives memory back.
	Close()
}

// End is how an input ended.
type End struct {
	// Lines is the number of the last physical line.
	Lines int64
	// Clean tells that what is appended to the input is a record of its own.
	Clean bool
}

// New returns the format.
func New(spec Spec) connector.Ender {
	return &format{spec: spec, crewing: crewing{chunk: defaultChunk}}
}

// format is a connector.Format for any spec.
type format struct {
	spec    Spec
	crewing crewing
}

// Name returns the word in a project's `format:`.
func (f *format) Name() string { return f.spec.Name }

// Endings are the ends of names of such files.
func (f *format) Endings() []string { return f.spec.Endings }

// Options declares what may be set.
func (f *format) Options() []connector.OptionSpec {
	options := append(f.spec.Options[:len(f.spec.Options):len(f.spec.Options)],
		connector.OptionSpec{Name: "encoding", Kind: connector.ChoiceOption, Choices: connector.Encodings, Default: "found out", Doc: "How characters are stored."},
		connector.OptionSpec{Name: "compression", Kind: connector.ChoiceOption, Choices: connector.Compressions, Default: "found out from the first bytes", Doc: "How the file is compressed."},
		connector.OptionSpec{Name: "max_record", Kind: connector.SizeOption, Default: sizeText(f.maxRecord()), Doc: "The largest record."},
	)
	if f.spec.Dates {
		options = append(options,
			connector.OptionSpec{Name: "date_format", Kind: connector.TextOption, Default: "ISO 8601 only", Doc: "Another way dates are written, such as %d/%m/%Y."},
			connector.OptionSpec{Name: "timestamp_format", Kind: connector.TextOption, Default: "ISO 8601 only", Doc: "Another way times are written, such as %d/%m/%Y %H:%M:%S."},
		)
	}
	return options
}

func (f *format) maxRecord() int64 {
	if f.spec.MaxRecord > 0 {
		return f.spec.MaxRecord
	}
	return defaultMaxRecord
}
