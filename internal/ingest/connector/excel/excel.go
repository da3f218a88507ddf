// Package excel is for reading worksheets of Excel workbooks (.xlsx, .xlsm).
//
// It promises that every row of a sheet that holds anything becomes a row or a
// reject, and that cells keep what they are: numbers, dates by their number
// format, booleans, texts. Sheets are streamed; what is kept in memory are the
// workbook's shared texts, no more than 256 MB of them. It leaves to others what
// becomes of a value that its column does not hold (package typed), and where
// rows go.
//
// The file is read here and not by a library: those that there are give a
// streamed cell as its text alone, from which nobody can tell a number from a
// text, a date or an error.
//
// # Rows
//
// The first visible sheet is read, unless the option sheet names one. Its first
// row that holds anything is the header (option header_row: another one, or 0
// for none, and columns are column1, column2, …). A column without a name in the
// header is named by its number where it holds something. Rows without values
// are no records; hidden rows are. A row's line is its number in the sheet. Of
// merged cells the first has the value, and the others have none.
//
// # Cells
//
// A column has the type that holds all of its cells, in all files: long, double,
// boolean, date, timestamp, time, else string. Numbers are as stored, not as
// shown. A time that is a length ([h]:mm) is a double, in days. Of a formula the
// value is read that was stored with it. An error such as #DIV/0!, a formula
// without a stored value, and a date that there is not are no values: they reject
// their row.
package excel

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// Format reads Excel workbooks. The zero value is ready.
type Format struct{}

var _ connector.Replayer = Format{}

// Name returns "excel".
func (Format) Name() string { return "excel" }

// Endings are those of workbooks.
func (Format) Endings() []string { return []string{".xlsx", ".xlsm"} }

// Options declares what may be set.
func (Format) Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "sheet", Kind: connector.TextOption, Default: "the first visible one", Doc: "The name of the sheet."},
		{Name: "header_row", Kind: connector.CountOption, Default: "the first row that holds anything", Doc: "The number of the row with the columns' names; 0 for none."},
		{Name: "range", Kind: connector.TextOption, Default: "the whole sheet", Doc: "The cells to read, such as B3:F100, or B:F."},
	}
}

// detail is what a layout of this package holds.
type detail struct {
	typed.Inputs
	settings settings
	// columns are those of each input.
	columns map[string][]field
}

// field is a column of a sheet: its number from 0 on, name and type.
type field struct {
	number int
	connector.Field
}

// Infer reads the sheets of all inputs for the types of their cells.
func (f Format) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	s, err := newSettings(f.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	d := &detail{settings: s, columns: map[string][]field{}}
	d.Inputs = make(typed.Inputs, len(inputs))
	for i, in := range inputs {
		fields, err := d.survey(ctx, in)
		if err != nil {
			return nil, err
		}
		d.columns[in.Name] = fields
		d.Inputs[i] = typed.Fields{Input: in.Name}
		for _, f := range fields {
			d.Inputs[i].Fields = append(d.Inputs[i].Fields, f.Field)
		}
	}
	var problems diag.Problems
	layout := typed.Merge(d.Inputs, req, d, &problems)
	return layout, problems.Err()
}

// survey finds the columns of one sheet.
func (d *detail) survey(ctx context.Context, in connector.Input) (fields []field, err error) {
	b, err := openBook(ctx, in, d.settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	found := columns{}
	err = b.rows(ctx, func(r *row) error {
		if r.header {
			found.name(r.cells)
		} else {
			found.add(r.cells)
		}
		return nil
	})
	return found.fields(), err
}
