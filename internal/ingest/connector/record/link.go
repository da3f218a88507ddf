package record

import (
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// The columns that link records, beside the line that every row has.
const (
	NumberColumn       = "_tarn_record"
	ParentLineColumn   = "_tarn_parent_line"
	ParentNumberColumn = "_tarn_parent_record"
)

// columns are the names of the columns for linking.
func (k Links) columns() []string {
	var names []string
	if k.Number {
		names = append(names, NumberColumn)
	}
	if k.Parent {
		names = append(names, ParentLineColumn)
	}
	if k.Number && k.Parent {
		names = append(names, ParentNumberColumn)
	}
	return names
}

// linkVectors are the vectors of these columns, nil where there is none.
type linkVectors struct {
	number, parentLine, parentNumber *connector.Vector
}

// take keeps the vector of a column for linking, and reports whether it is one.
func (k *linkVectors) take(c connector.Column, v *connector.Vector) bool {
	switch ident.Fold(c.Name) {
	case NumberColumn:
		k.number = v
	case ParentLineColumn:
		k.parentLine = v
	case ParentNumberColumn:
		k.parentNumber = v
	default:
		return false
	}
	return true
}

func (k *linkVectors) set(row int, rec *Record) {
	setLink(k.number, row, rec.Number)
	setLink(k.parentLine, row, rec.ParentLine)
	setLink(k.parentNumber, row, rec.ParentNumber)
}

func setLink(v *connector.Vector, row int, number int64) {
	switch {
	case v == nil:
	case number == 0:
		v.SetNull(row)
	default:
		v.Int64s()[row] = number
	}
}
