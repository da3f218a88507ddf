// Package avrofile is for reading Avro object container files.
//
// It promises that every record becomes a row or a reject, and that values keep
// their exact types. Files come together by the names of their fields, so that
// fields may come and go between them. Blocks are read one at a time, and none
// may take more than 256 MB. A file that is cut short or damaged, or whose
// counts lie, fails the load and says so; only a cut between two blocks cannot
// be told from the file's end, as nothing in it says how many there are.
// It leaves to others what becomes of a value that its column does not hold
// (package typed), and where rows go.
//
// # Types
//
//	boolean; int; long; float; double      the same
//	string, enum; bytes, fixed             string; binary
//	decimal to 38 digits; longer           decimal; string
//	date; time-millis, time-micros         date; time
//	timestamp-*; local-timestamp-*         timestamptz; timestamp
//	uuid                                   uuid
//	duration                               struct<months, days, milliseconds: long>
//	array; map; record                     list; map<string, …>; struct
//
// A union of null and one type is that type. A union of numbers is the number
// type that holds them all. Any other union is a struct with a field for each
// branch, named as the branch is; one of them has the value. A file whose
// records are no Avro records has one column, value.
//
// A field that a file lacks is NULL in its rows, whatever default the schema of
// another file has for it: files say what they hold, and a default is not in
// them. A time with nanoseconds rejects its row, unless the option nanoseconds
// says truncate.
package avrofile

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// Format reads Avro. The zero value is ready.
type Format struct{}

var _ connector.Replayer = Format{}

// Name returns "avro".
func (Format) Name() string { return "avro" }

// Endings are those of Avro files.
func (Format) Endings() []string { return []string{".avro"} }

// Options declares what may be set.
func (Format) Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		typed.NanosecondsOption,
		{Name: "compression", Kind: connector.ChoiceOption, Choices: connector.Compressions, Default: "found out from the first bytes", Doc: "How the whole file is compressed, besides its blocks."},
	}
}

// detail is what a layout of this package holds.
type detail struct {
	typed.Inputs
	truncate    bool
	compression connector.Compression
}

// Infer reads the headers of all inputs.
func (f Format) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	settings, err := connector.CheckOptions(f.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	compression, _ := settings.Text("compression")
	d := &detail{truncate: typed.Truncates(settings), compression: connector.Compression(compression)}
	var problems diag.Problems
	d.Inputs = make(typed.Inputs, len(inputs))
	for i, in := range inputs {
		fields, err := d.inferOne(ctx, in)
		if err != nil {
			return nil, err
		}
		d.Inputs[i] = typed.Fields{Input: in.Name, Fields: fields}
	}
	layout := typed.Merge(d.Inputs, req, d, &problems)
	return layout, problems.Err()
}

func (d *detail) inferOne(ctx context.Context, in connector.Input) (fields []connector.Field, err error) {
	content, err := connector.OpenContent(ctx, in, d.compression, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	c, err := openContainer(in, content)
	if err != nil {
		return nil, err
	}
	defer c.close()
	plan, err := newPlan(in, c.schema, d.truncate)
	if err != nil {
		return nil, err
	}
	return plan.fields, nil
}
