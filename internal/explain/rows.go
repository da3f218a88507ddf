package explain

import (
	"slices"
	"strconv"
	"strings"
)

// rowset is rows made ready to be shown: places joined, every row as long as
// the header, numeric columns known.
type rowset struct {
	Columns []string
	Numeric []bool
	Rows    [][]string
}

// newRowset prepares rows; cells that a row lacks are empty.
func newRowset(columns []string, rows [][]string) rowset {
	columns, rows = joinPlaces(slices.Clone(columns), rows)
	set := rowset{Columns: columns, Numeric: make([]bool, len(columns))}
	for _, row := range rows {
		full := make([]string, len(columns))
		copy(full, row)
		set.Rows = append(set.Rows, full)
	}
	for i := range columns {
		set.Numeric[i] = set.numeric(i)
	}
	return set
}

// numeric reports whether every value of a column is a number; numbers are
// aligned to the right.
func (s rowset) numeric(column int) bool {
	seen := false
	for _, row := range s.Rows {
		cell := strings.ReplaceAll(row[column], ",", "")
		if cell == "" || cell == "NULL" {
			continue
		}
		if _, err := strconv.ParseFloat(cell, 64); err != nil {
			return false
		}
		seen = true
	}
	return seen
}

// placeColumn heads places written file:line.
const placeColumn = "file:line"

// joinPlaces makes one column of _tarn_file and _tarn_line, in front,
// written file:line as editors and terminals understand it.
func joinPlaces(columns []string, rows [][]string) ([]string, [][]string) {
	file := slices.Index(columns, "_tarn_file")
	line := slices.Index(columns, "_tarn_line")
	if file < 0 || line < 0 {
		return columns, rows
	}
	without := func(cells []string, first string) []string {
		out := []string{first}
		for i, c := range cells {
			if i != file && i != line {
				out = append(out, c)
			}
		}
		return out
	}
	joined := make([][]string, 0, len(rows))
	for _, row := range rows {
		if len(row) <= max(file, line) {
			joined = append(joined, without(row, ""))
			continue
		}
		joined = append(joined, without(row, row[file]+":"+row[line]))
	}
	return without(columns, placeColumn), joined
}
