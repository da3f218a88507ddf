package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// grid lays text out in columns.
type grid struct {
	style   style
	names   []string
	right   []bool
	width   []int
	rows    [][]string
	headed  bool
	settled bool
}

func newGrid(s style) *grid { return &grid{style: s} }

// column adds a column; numbers stand flush right.
func (g *grid) column(name string, right bool) {
	g.names = append(g.names, name)
	g.right = append(g.right, right)
	g.width = append(g.width, width(name))
}

// maxCell is how wide a column may become while there are others.
const maxCell = 120

// row adds a row.
func (g *grid) row(cells ...string) {
	for i, c := range cells {
		cells[i] = printable(c)
		if !g.settled {
			g.width[i] = max(g.width[i], min(width(cells[i]), maxCell))
		}
	}
	g.rows = append(g.rows, cells)
}

// flush writes what was added; the widths stay as they are from then on.
func (g *grid) flush(w io.Writer) {
	if !g.headed {
		g.headed = true
		g.line(w, g.names, g.style.bold)
		rule := make([]string, len(g.names))
		for i := range rule {
			rule[i] = strings.Repeat("─", g.width[i])
		}
		g.line(w, rule, g.style.dim)
	}
	for _, r := range g.rows {
		g.line(w, r, nil)
	}
	g.rows, g.settled = nil, true
}

func (g *grid) line(w io.Writer, cells []string, paint func(string) string) {
	parts := make([]string, len(cells))
	for i, c := range cells {
		pad := strings.Repeat(" ", max(0, g.width[i]-width(c)))
		if paint != nil {
			c = paint(c)
		}
		switch {
		case g.right[i]:
			parts[i] = pad + c
		case i == len(cells)-1:
			parts[i] = c
		default:
			parts[i] = c + pad
		}
	}
	fmt.Fprintln(w, strings.TrimRight(strings.Join(parts, "  "), " "))
}

// width is how many columns a text takes, combining marks aside.
func width(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.Is(unicode.Mn, r) {
			n++
		}
	}
	return n
}

// printable replaces what would move the cursor or change the terminal.
func printable(s string) string {
	if !strings.ContainsFunc(s, unicode.IsControl) && utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return '⏎'
		case unicode.IsControl(r):
			return '·'
		default:
			return r
		}
	}, strings.ToValidUTF8(s, "�"))
}
