package agate

import (
	"encoding/csv"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/pymodule"
)

// printed hands a text to where printed text goes.
func (t *Table) printed(c *jinja.Call, text string) (any, error) {
	if t.print != nil {
		t.print(c, strings.TrimRight(text, "\n"))
	}
	return nil, nil
}

// structure lists the columns with their types.
func (t *Table) structure() string {
	cells := [][]string{{"column", "data_type"}}
	for i, name := range t.names {
		cells = append(cells, []string{name, string(t.types[i])})
	}
	return grid(cells, []bool{false, false})
}

// limitOf reads how many of n to show; None is all of them.
func limitOf(b python.Bound, i int, missing int64, n int) (int, error) {
	if b.Has(i) && b.Any(i, nil) == nil {
		return n, nil
	}
	v, err := b.Int(i, missing)
	return int(max(0, min(v, int64(n)))), err
}

func printTable(t *Table, c *jinja.Call) (any, error) {
	b, err := c.Bind("max_rows?", "max_columns?", "output?", "max_column_width?", "locale?", "max_precision?")
	if err != nil {
		return nil, err
	}
	rows, err := limitOf(b, 0, 20, len(t.rows))
	if err != nil {
		return nil, err
	}
	columns, err := limitOf(b, 1, 6, len(t.names))
	if err != nil {
		return nil, err
	}
	width, err := limitOf(b, 3, 20, 1<<20)
	if err != nil {
		return nil, err
	}
	places, err := limitOf(b, 5, 3, 1000)
	if err != nil {
		return nil, err
	}
	return t.printed(c, t.text(rows, columns, width, places))
}

// text draws the first rows and columns; dots stand for the others.
func (t *Table) text(rows, columns, width, places int) string {
	header, right := []string{}, []bool{}
	for i, name := range t.names[:columns] {
		header, right = append(header, clipped(name, width)), append(right, t.types[i] != Text)
	}
	if columns < len(t.names) {
		header, right = append(header, "..."), append(right, false)
	}
	cells := [][]string{header}
	for _, row := range t.rows[:rows] {
		var line []string
		for i := range columns {
			line = append(line, t.cell(row[i], i, rows, width, places))
		}
		if columns < len(t.names) {
			line = append(line, "...")
		}
		cells = append(cells, line)
	}
	if rows < len(t.rows) {
		dots := make([]string, len(header))
		for i := range dots {
			dots[i] = "..."
		}
		cells = append(cells, dots)
	}
	return grid(cells, right)
}

// cell is one value as print_table shows it.
func (t *Table) cell(v any, column, rows, width, places int) string {
	if v == nil {
		return ""
	}
	if d, ok := v.(pymodule.Decimal); ok {
		shown := 0
		for _, row := range t.rows[:rows] {
			if other, ok := row[column].(pymodule.Decimal); ok {
				shown = max(shown, other.Places())
			}
		}
		text, err := d.Format(fmt.Sprintf(",.%df", min(shown, places)))
		if err != nil {
			return d.Str()
		}
		if shown > places {
			text += "…"
		}
		return text
	}
	text, err := python.Str(v)
	if err != nil {
		return ""
	}
	return clipped(text, width)
}

func clipped(s string, width int) string {
	r := []rune(s)
	if len(r) <= width || width < 4 {
		return s
	}
	return string(r[:width-3]) + "..."
}

// grid draws lines of cells below a header.
func grid(cells [][]string, right []bool) string {
	widths := make([]int, len(right))
	for _, line := range cells {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, line := range cells {
		for i, cell := range line {
			fill := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if right[i] {
				cell = fill + cell
			} else {
				cell += fill
			}
			b.WriteString("| " + cell + " ")
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, w := range widths {
				b.WriteString("| " + strings.Repeat("-", w) + " ")
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

func printCSV(t *Table, c *jinja.Call) (any, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(t.names); err != nil {
		return nil, err
	}
	for _, row := range t.rows {
		line := make([]string, len(row))
		for i, v := range row {
			if v == nil {
				continue
			}
			var err error
			if line[i], err = python.Str(v); err != nil {
				return nil, err
			}
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return t.printed(c, b.String())
}

func printJSON(t *Table, c *jinja.Call) (any, error) {
	if len(c.Args) > 0 {
		return nil, fmt.Errorf("takes no arguments here")
	}
	list := python.NewList()
	for i := range t.rows {
		d := python.NewDict()
		for n, name := range t.names {
			d.SetString(name, plain(t.rows[i][n]))
		}
		list.Items = append(list.Items, d)
	}
	text, err := jinja.JSON(list, jinja.JSONOptions{})
	if err != nil {
		return nil, err
	}
	return t.printed(c, text)
}
