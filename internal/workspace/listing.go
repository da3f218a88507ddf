package workspace

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// listing writes the list of RETURNING over rows that are kept: stars leave out
// what is kept beside the columns of the table, and merge_action, as DuckDB calls
// it, and merge_action(), as PostgreSQL does, become what says the action.
type listing struct {
	text   *sqlast.Text
	list   sqlast.Span
	beside []string
	action string // SQL; "" where there is none
	table  *relation

	tokens []sqlast.Token
	from   int // the list is written up to here
}

// inQuery are the words that a query in parentheses begins with.
var inQuery = []string{"SELECT", "WITH", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT"}

func (l *listing) write() {
	for _, part := range sqlast.Split(l.text.Script[l.list.Start:l.list.End]) {
		l.tokens = append(l.tokens, part.Tokens...)
	}
	l.from = l.list.Start
	var open []bool // for each parenthesis, whether it is around a query
	for i, t := range l.tokens {
		switch {
		case t.Word == "(":
			open = append(open, slices.Contains(inQuery, l.word(i+1)))
		case t.Word == ")" && len(open) > 0:
			open = open[:len(open)-1]
		case len(l.beside) > 0 && l.isStar(i) && !slices.Contains(open, true):
			l.hide(i)
		case l.action != "" && t.Word == "MERGE_ACTION" && !t.Quoted:
			l.act(i, len(open) == 0)
		}
	}
	l.upTo(l.list.End)
}

// word is the word or sign of a token; "" is another one, or none.
func (l *listing) word(i int) string {
	if i < 0 || i >= len(l.tokens) || l.tokens[i].Quoted || l.tokens[i].Text {
		return ""
	}
	return l.tokens[i].Word
}

// isStar reports whether a token is a star that stands for columns.
func (l *listing) isStar(i int) bool {
	if l.word(i) != "*" {
		return false
	}
	before := l.word(i - 1)
	return i == 0 || before == "," || before == "." || before == "(" && l.word(i-2) == "COLUMNS"
}

// hide makes a star leave out what is beside the table's columns.
func (l *listing) hide(i int) {
	names := ident.QuoteAll(l.beside)
	switch {
	case l.word(i+1) != "EXCLUDE":
		l.upTo(l.end(i))
		l.text.Add(" EXCLUDE (", names, ")")
	case l.word(i+2) == "(":
		l.upTo(l.end(i + 2))
		l.text.Add(names, ", ")
	default:
		last := i + 2
		for l.word(last+1) == "." {
			last += 2
		}
		l.upTo(l.end(i + 1))
		l.text.Add(" (", names, ", ")
		l.upTo(l.end(last))
		l.text.Add(")")
	}
}

// act writes what says the action, by its name where it is an item by itself.
func (l *listing) act(i int, outside bool) {
	last := i
	if l.word(i+1) == "(" && l.word(i+2) == ")" {
		last = i + 2
	}
	before, next := l.word(i-1), l.word(last+1)
	column := slices.ContainsFunc(l.table.table.Schema().Fields, func(f lake.Field) bool { return ident.Fold(f.Name) == "merge_action" })
	if before == "." || before == "AS" || last == i && column {
		return
	}
	l.upTo(l.list.Start + l.tokens[i].Start)
	l.text.Add(l.action)
	l.from = l.end(last)
	if outside && (i == 0 || before == ",") && (last+1 == len(l.tokens) || next == ",") {
		l.text.Add(" AS merge_action")
	}
}

// end is where a token ends in the script, or the list where there is none.
func (l *listing) end(i int) int {
	if i >= len(l.tokens) {
		return l.list.End
	}
	return l.list.Start + l.tokens[i].End
}

// upTo writes the list up to a place in the script.
func (l *listing) upTo(end int) {
	if end > l.from {
		l.text.Part(sqlast.Span{Start: l.from, End: end})
		l.from = end
	}
}
