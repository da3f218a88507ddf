package excel

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Sheets have no more rows and columns than these.
const (
	mostRows    = 1 << 20
	mostColumns = 1 << 14
)

// settings are the options, checked.
type settings struct {
	sheet string
	// header is the row of the header, 0 where there is none, -1 where it is
	// found out.
	header int
	area   area
}

// area are cells, numbered from 1 for rows and from 0 for columns, ends
// included.
type area struct{ top, bottom, left, right int }

var areaPattern = regexp.MustCompile(`^\$?([A-Za-z]{1,3})\$?([0-9]*):\$?([A-Za-z]{1,3})\$?([0-9]*)$`)

func newSettings(specs []connector.OptionSpec, options map[string]connector.Option) (settings, error) {
	checked, err := connector.CheckOptions(specs, options)
	if err != nil {
		return settings{}, err
	}
	s := settings{header: int(checked.Number("header_row", -1)), area: area{1, mostRows, 0, mostColumns - 1}}
	s.sheet, _ = checked.Text("sheet")
	text, ok := checked.Text("range")
	if !ok {
		return s, nil
	}
	if s.area, ok = parseArea(strings.TrimSpace(text)); !ok {
		return s, diag.New("bad-option", options["range"].Place, "option %q: %q is no range of cells", "range", text).
			WithHint("write it such as B3:F100, or B:F")
	}
	return s, nil
}

func parseArea(text string) (area, bool) {
	m := areaPattern.FindStringSubmatch(text)
	if m == nil {
		return area{}, false
	}
	a := area{top: 1, bottom: mostRows, left: columnNumber(m[1]), right: columnNumber(m[3])}
	if m[2] != "" {
		a.top, _ = strconv.Atoi(m[2])
	}
	if m[4] != "" {
		a.bottom, _ = strconv.Atoi(m[4])
	}
	return a, a.left <= a.right && a.right < mostColumns && 1 <= a.top && a.top <= a.bottom
}

// columnNumber returns the number of a column, from 0 on, by its letters.
func columnNumber(letters string) int {
	n := 0
	for _, c := range strings.ToUpper(letters) {
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// reference reads a cell's place, such as BC12; a row of 0 is none.
func reference(text string) (row, column int) {
	letters := 0
	for letters < len(text) && text[letters] >= 'A' && text[letters] <= 'Z' {
		letters++
	}
	if letters == 0 || letters > 3 {
		return 0, -1
	}
	row, err := strconv.Atoi(text[letters:])
	if err != nil || row < 1 || row > mostRows {
		return 0, -1
	}
	return row, columnNumber(text[:letters])
}
