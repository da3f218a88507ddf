package explain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cellLimit is how wide a value may be before it is cut.
const cellLimit = 120

// terminal collects an answer's text.
type terminal struct {
	style Style
	lines []string
}

func (t *terminal) line(s string) { t.lines = append(t.lines, strings.TrimRight(s, " ")) }
func (t *terminal) blank()        { t.lines = append(t.lines, "") }

func (t *terminal) heading(s string) {
	t.blank()
	t.line(t.bold(s))
}

func (t *terminal) text() string { return strings.Join(t.lines, "\n") + "\n" }

var tones = map[string]string{"good": "32", "wait": "33", "bad": "31", "calm": "2"}

func (t *terminal) paint(tone, s string) string { return t.sgr(tones[tone], s) }
func (t *terminal) bold(s string) string        { return t.sgr("1", s) }
func (t *terminal) dim(s string) string         { return t.sgr("2", s) }

func (t *terminal) sgr(code, s string) string {
	s = printable(s)
	if !t.style.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// indent is how far tables stand from the margin.
const indent = 4

// table shows rows in columns where they fit, else each row as a list: a value
// that is cut tells less than one that stands below another.
func (t *terminal) table(rows rowset) {
	for i, row := range rows.Rows {
		for j := range row {
			rows.Rows[i][j] = cut(printable(row[j]), cellLimit)
		}
	}
	widths := make([]int, len(rows.Columns))
	total := indent
	for i, name := range rows.Columns {
		rows.Columns[i] = cut(printable(name), cellLimit)
		widths[i] = utf8.RuneCountInString(rows.Columns[i])
		for _, row := range rows.Rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		total += widths[i] + 2
	}
	if t.style.Width > 0 && total-2 > t.style.Width {
		t.records(rows)
		return
	}
	margin := strings.Repeat(" ", indent)
	var rule []string
	for _, w := range widths {
		rule = append(rule, strings.Repeat("─", w))
	}
	t.line(margin + columnsOf(rows.Columns, widths, rows.Numeric))
	t.line(margin + t.dim(strings.Join(rule, "  ")))
	for _, row := range rows.Rows {
		t.line(margin + columnsOf(row, widths, rows.Numeric))
	}
}

func columnsOf(cells []string, widths []int, numeric []bool) string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = pad(c, widths[i], numeric[i])
	}
	return strings.Join(out, "  ")
}

// records shows each row as a list, headed by its place where it has one.
func (t *terminal) records(rows rowset) {
	margin := strings.Repeat(" ", indent)
	widest := 0
	for _, name := range rows.Columns {
		widest = max(widest, utf8.RuneCountInString(name))
	}
	for n, row := range rows.Rows {
		if n > 0 {
			t.blank()
		}
		first := 0
		if rows.Columns[0] == placeColumn {
			t.line(margin + t.bold(row[0]))
			first = 1
		} else {
			t.line(margin + t.dim(fmt.Sprintf("row %d", n+1)))
		}
		for i := first; i < len(row); i++ {
			room := cellLimit
			if t.style.Width > 0 {
				room = max(t.style.Width-indent-widest-4, 20)
			}
			t.line(margin + "  " + t.dim(pad(rows.Columns[i], widest, false)) + "  " + cut(row[i], room))
		}
	}
}

func pad(s string, width int, right bool) string {
	space := strings.Repeat(" ", max(width-utf8.RuneCountInString(s), 0))
	if right {
		return space + s
	}
	return s + space
}

// cut returns s in at most limit characters.
func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

// printable makes text safe to show: what would move the cursor, change
// colours or turn the direction of writing is spelt out instead.
func printable(s string) string {
	clean := func(r rune) bool { return r != utf8.RuneError && (unicode.IsPrint(r) || r == ' ') }
	if strings.IndexFunc(s, func(r rune) bool { return !clean(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case clean(r) || r == utf8.RuneError:
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// shellText quotes s as one argument of a POSIX shell, in double quotes where
// nothing in it has a meaning there.
func shellText(s string) string {
	s = printable(s)
	if !strings.ContainsAny(s, "\"$`\\!") {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// shellWord quotes s only where it must be.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_.+-:/@", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return shellText(s)
}
