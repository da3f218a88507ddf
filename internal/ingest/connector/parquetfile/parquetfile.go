// Package parquetfile is for reading Parquet files.
//
// It promises that every row of a file becomes a row or a reject, and that
// values keep their exact types. Files come together by the names of their
// columns. A file is read by row group, in bounded memory. One that is cut
// short or damaged fails the load and says so. It leaves to others what becomes
// of a value that its column does not hold (package typed), and where rows go.
//
// # Types
//
//	signed integers to 32 bits, unsigned to 16   int
//	int64, uint32                                long
//	uint64                                       decimal(20,0)
//	float16, float; double                       float; double
//	decimal to 38 digits; longer                 decimal; string
//	date; time; timestamp without zone           date; time; timestamp
//	timestamp adjusted to UTC, int96             timestamptz
//	string, enum, JSON; UUID                     string; uuid
//	bytes, interval                              binary
//	list, map, struct                            list, map, struct
//
// Only Parquet's own types count, not what Arrow notes beside them: a duration
// is the number that is stored. A column that is NULL throughout has no type yet. A time with nanoseconds
// rejects its row, unless the option nanoseconds says truncate; in a column
// that is declared as string it keeps them.
package parquetfile

import (
	"context"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// Format reads Parquet. The zero value is ready.
type Format struct{}

var _ connector.Replayer = Format{}

// Name returns "parquet".
func (Format) Name() string { return "parquet" }

// Endings are those of Parquet files.
func (Format) Endings() []string { return []string{".parquet", ".parq", ".pq"} }

// Options declares what may be set.
func (Format) Options() []connector.OptionSpec {
	return []connector.OptionSpec{typed.NanosecondsOption}
}

// detail is what a layout of this package holds.
type detail struct {
	typed.Inputs
	truncate bool
}

// Infer reads the footers of all inputs.
func (f Format) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	settings, err := connector.CheckOptions(f.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	var problems diag.Problems
	all := make(typed.Inputs, len(inputs))
	for i, in := range inputs {
		fields, err := inferOne(ctx, in)
		if err != nil {
			return nil, err
		}
		all[i] = typed.Fields{Input: in.Name, Fields: fields}
	}
	layout := typed.Merge(all, req, &detail{all, typed.Truncates(settings)}, &problems)
	return layout, problems.Err()
}

func inferOne(ctx context.Context, in connector.Input) ([]connector.Field, error) {
	f, err := open(ctx, in)
	if err != nil {
		return nil, err
	}
	fields, err := f.fields()
	return fields, f.close(err)
}
