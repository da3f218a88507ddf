// Package textlog is for logs of text: it takes files apart into records of one
// line or of several, and is the driver of formats whose columns are known
// before a record is read.
//
// It promises that every physical line is accounted for: it belongs to a record
// that became a row, or to a reject, or is blank between records. A record never
// holds more memory than max_record and one line beyond, and what a record is
// does not depend on how the bytes arrive. It leaves to the formats what a
// record means, and to package drain how templates are found.
//
// # Records of several lines
//
// Where a format joins lines, a record begins with a line that the format knows
// as one, and goes on up to the next such line. Blank lines at its end are not
// part of its text. Lines before the first record belong to none: each is a
// reject. A line that is longer than
// max_record never joins: it is a reject of its own.
//
// A file that grew may go on with the record that was last when it was loaded.
// [connector.ErrContinued] tells the caller, who reads the file whole.
package textlog

import (
	"context"
	"time"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	defaultMaxRecord = 1 << 20
	largestMaxRecord = 256 << 20
	defaultMaxLines  = 10_000
)

// Spec is one format.
type Spec struct {
	// Name is the word in a project's `format:`.
	Name string
	// What the records are, in the plural, for messages.
	What string
	// Own are the options besides those that all logs share.
	Own []connector.OptionSpec
	// Joins says that records may have several lines.
	Joins bool
	// Counts says that records may be framed by a count of octets.
	Counts bool
	// Message is the column whose texts templates are found in.
	Message string
	// Plan decides, from options and perhaps the inputs, how to read.
	Plan func(ctx context.Context, s *Source) (*Plan, error)
}

// Plan is how the inputs of one load are read.
type Plan struct {
	// Columns are those of every record, with types that never change.
	Columns []connector.Column
	// Parser returns a parser for one input, used by one goroutine.
	Parser func(in connector.Input) Parser
	// Whole says that a record's meaning depends on those before it, so that a
	// grown file must be read from its start.
	Whole bool
}

// Parser understands the records of one input.
type Parser interface {
	// Begins reports whether a record begins with the line. It is asked only
	// where the format joins lines.
	Begins(line []byte) bool
	// Parse sets the columns of a row, or tells how the record departs from the
	// format; then what it has set is forgotten. At least [connector.Padding]
	// bytes behind the record's text are readable.
	Parse(rec *Record, row *Row) *Departure
}

// Format reads the logs of a spec.
type Format struct{ spec Spec }

var _ connector.Format = Format{}

// New returns the format of a spec.
func New(spec Spec) Format { return Format{spec} }

// Name returns the spec's.
func (f Format) Name() string { return f.spec.Name }

// Options declares what may be set.
func (f Format) Options() []connector.OptionSpec {
	specs := append(f.spec.Own[:len(f.spec.Own):len(f.spec.Own)], Options()...)
	if f.spec.Joins {
		specs = append(specs, connector.OptionSpec{
			Name: "max_lines", Kind: connector.CountOption, Default: "10000", Doc: "The most lines of a record.",
		})
	}
	if f.spec.Message != "" {
		specs = append(specs, TemplateOptions(f.spec.Message)...)
	}
	return specs
}

// Options are those that every text log has.
func Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "encoding", Kind: connector.ChoiceOption, Choices: connector.Encodings, Default: "utf-8", Doc: "How characters are stored."},
		{Name: "compression", Kind: connector.ChoiceOption, Choices: connector.Compressions, Default: "found out from the first bytes", Doc: "How the file is compressed."},
		{Name: "max_record", Kind: connector.SizeOption, Default: "1MiB", Doc: "The largest record."},
	}
}

// Infer returns the columns of the plan.
func (f Format) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	return f.infer(ctx, inputs, map[string][]byte{}, req)
}

// infer plans for inputs; those whose heads are known are not opened.
func (f Format) infer(ctx context.Context, inputs []connector.Input, heads map[string][]byte, req connector.Request) (*connector.Layout, error) {
	settings, err := connector.CheckOptions(f.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	source := &Source{Inputs: inputs, Settings: settings, Given: req.Options, storage: storageOf(settings), heads: heads}
	plan, err := f.spec.Plan(ctx, source)
	if err != nil {
		return nil, err
	}
	d := &detail{spec: &f.spec, plan: plan, storage: source.storage, maxLines: int(settings.Number("max_lines", defaultMaxLines))}
	d.heads, d.modified = heads, map[string]time.Time{}
	for _, in := range inputs {
		d.modified[in.Name] = in.Modified
	}
	columns := plan.Columns
	if d.templates, err = newTemplates(settings, req.Options); err != nil {
		return nil, err
	}
	if d.templates != nil {
		columns = append(columns[:len(columns):len(columns)], templateColumns...)
	}
	return d.layout(columns, req)
}

// storage is how the bytes of an input are stored, and how much of them may be
// one record.
type storage struct {
	encoding    connector.Encoding
	compression connector.Compression
	maxRecord   int
}

func storageOf(settings connector.Settings) storage {
	s := storage{encoding: connector.UTF8, maxRecord: int(min(settings.Number("max_record", defaultMaxRecord), largestMaxRecord))}
	if encoding, ok := settings.Text("encoding"); ok {
		s.encoding = connector.Encoding(encoding)
	}
	compression, _ := settings.Text("compression")
	s.compression = connector.Compression(compression)
	return s
}

// detail is what a layout of this package holds.
type detail struct {
	storage
	spec      *Spec
	plan      *Plan
	maxLines  int
	templates *templates
	// position is where each of the plan's columns is in the layout.
	position []int
	// heads are what the plan was made from, modified when inputs were written.
	heads    map[string][]byte
	modified map[string]time.Time
}
