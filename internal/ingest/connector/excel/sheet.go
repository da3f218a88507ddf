package excel

import (
	"context"
	"strconv"

	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// row is one row of a sheet that holds anything.
type row struct {
	number int
	header bool
	// cells are those that hold something, by column.
	cells []cell
}

type cell struct {
	column int
	value  typed.Value
}

// rows calls fn with the header and every row below it.
func (b *book) rows(ctx context.Context, fn func(*row) error) error {
	return b.xml(b.sheet, func(x *xmlReader) error {
		r, before, headed := &row{}, 0, b.settings.header == 0
		number := 0
		for x.next() {
			if x.start() != "row" {
				continue
			}
			number++
			if n, err := strconv.Atoi(x.attribute("r")); err == nil {
				number = n
			}
			if number <= before || number > mostRows {
				return b.problem("damaged", "row %d of the sheet comes behind row %d", number, before)
			}
			before = number
			if number%looksBetween == 0 && ctx.Err() != nil {
				return &ownError{ctx.Err()}
			}
			if err := b.row(x, r, number); err != nil || !b.isRecord(r, &headed) {
				if err != nil {
					return err
				}
				continue
			}
			if err := fn(r); err != nil {
				return &ownError{err}
			}
		}
		return x.err
	})
}

// looksBetween is how many rows are read between two looks at the context.
const looksBetween = 256

// isRecord reports whether a row is the header or below it.
func (b *book) isRecord(r *row, headed *bool) bool {
	a := b.settings.area
	r.header = false
	switch {
	case len(r.cells) == 0 || r.number < a.top || r.number > a.bottom:
		return false
	case *headed:
		return true
	case b.settings.header > 0 && r.number < b.settings.header:
		return false
	}
	*headed = true
	r.header = b.settings.header < 0 || r.number == b.settings.header
	return true
}

// row reads the cells of a row.
func (b *book) row(x *xmlReader, r *row, number int) error {
	r.number, r.cells = number, r.cells[:0]
	column := -1
	for x.next() {
		if x.end() == "row" {
			return nil
		}
		if x.start() != "c" {
			continue
		}
		column++
		if place := x.attribute("r"); place != "" {
			line, at := reference(place)
			if line != number || at < column || at >= mostColumns {
				return b.problem("damaged", "the cell %.20q stands in row %d, or comes too late there", place, number)
			}
			column = at
		}
		if column >= mostColumns {
			return b.problem("damaged", "row %d has more than %d columns", number, mostColumns)
		}
		value, err := b.cell(x)
		if err != nil {
			return err
		}
		if a := b.settings.area; value.Present && a.left <= column && column <= a.right {
			r.cells = append(r.cells, cell{column, value})
		}
	}
	return x.err
}

// cell reads one cell.
func (b *book) cell(x *xmlReader) (typed.Value, error) {
	c := stored{kind: x.attribute("t")}
	c.style, _ = strconv.Atoi(x.attribute("s")) // none is 0
	text, inValue := b.scratch[:0], false
	for x.next() {
		switch x.start() {
		case "v":
			inValue, c.hasValue = true, true
		case "f":
			c.formula = true
		case "is":
			var ok bool
			if c.inline, ok = b.rich(x, "is"); !ok {
				return typed.Value{}, x.err
			}
		}
		switch x.end() {
		case "v":
			inValue = false
		case "c":
			b.scratch = text
			c.value = string(text)
			if c.value == "" && c.kind != "str" {
				c.hasValue = false
			}
			return b.value(&c), nil
		}
		if inValue {
			text = append(text, x.text()...)
		}
	}
	return typed.Value{}, x.err
}
