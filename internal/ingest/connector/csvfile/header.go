package csvfile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// verdict tells whether a file's first record is a header.
type verdict uint8

const (
	unsure verdict = iota
	isHeader
	noHeader
)

// judgeHeader compares the first record with those below. It is a header where
// its cells are texts, most of them not empty, and a column below holds
// something else than text. Where everything below is text as well, or nothing
// is below, nobody can tell from this file alone.
func (s *settings) judgeHeader(v *survey) verdict {
	if s.header != nil {
		if *s.header {
			return isHeader
		}
		return noHeader
	}
	if len(s.names) > 0 || len(v.rows) == 0 {
		return noHeader
	}
	empty := 0
	for column := range v.rows[0] {
		cell := v.value(0, column)
		if len(cell) == 0 {
			empty++
		} else if s.formats.Classify(cell) != textvalue.SawText {
			return noHeader
		}
	}
	if empty*2 >= len(v.rows[0]) {
		return noHeader
	}
	for column := range v.rows[0] {
		if kind, ok := s.kindBelow(v, column); ok && kind != connector.String && len(v.value(0, column)) > 0 {
			return isHeader
		}
	}
	return unsure
}

// kindBelow infers a column without the first record.
func (s *settings) kindBelow(v *survey, column int) (connector.Kind, bool) {
	var seen textvalue.Kinds
	for row := 1; row < len(v.rows); row++ {
		if len(v.rows[row]) != len(v.rows[0]) {
			continue
		}
		if value := v.value(row, column); len(value) > 0 && !s.nulls.has(value) {
			seen |= s.formats.Classify(value)
		}
	}
	return seen.Resolve()
}

// looksNamed reports whether the first record is made of distinct names that
// look like names and do not come again in their columns.
func (v *survey) looksNamed() bool {
	names := map[string]bool{}
	for column := range v.rows[0] {
		cell := bytes.TrimSpace(v.value(0, column))
		name := ident.Fold(string(cell))
		if !looksLikeName(cell) || names[name] || v.comesAgain(column) {
			return false
		}
		names[name] = true
	}
	return true
}

func (v *survey) comesAgain(column int) bool {
	cell := v.value(0, column)
	for row := 1; row < len(v.rows); row++ {
		if column < len(v.rows[row]) && bytes.Equal(v.value(row, column), cell) {
			return true
		}
	}
	return false
}

func looksLikeName(cell []byte) bool {
	first, _ := utf8.DecodeRune(cell)
	if len(cell) == 0 || len(cell) > 64 || !unicode.IsLetter(first) && first != '_' {
		return false
	}
	return !bytes.ContainsFunc(cell, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_ -./()%#&$:?", c)
	})
}

// columnNames returns the columns' names from the header's cells, and reports
// what is wrong with them.
func columnNames(cells []string, place diag.Place, problems *diag.Problems) []string {
	names := make([]string, len(cells))
	for column, cell := range cells {
		if !utf8.ValidString(cell) || strings.IndexByte(cell, 0) >= 0 {
			problems.Errorf("bad-header", place, "the name of column %d is not text in the file's encoding", column+1).
				Hint = "declare the encoding, such as latin-1"
			cell = ""
		}
		names[column] = strings.TrimSpace(cell)
		if names[column] == "" {
			names[column] = numberedColumn(column)
		}
	}
	checkNames(names, place, problems)
	return names
}

func numberedColumn(column int) string { return fmt.Sprintf("column%d", column+1) }

// checkNames refuses names that are equal but for case, and reserved ones.
func checkNames(names []string, place diag.Place, problems *diag.Problems) {
	first := map[string]int{}
	for column, name := range names {
		folded := ident.Fold(name)
		if before, ok := first[folded]; ok {
			problems.Errorf("duplicate-column", place, "columns %d and %d are both named %s", before+1, column+1, both(names[before], name)).
				Hint = "rename one of them in the file, or set header: false, skip: 1 and names"
			continue
		}
		first[folded] = column
		if strings.HasPrefix(folded, connector.ReservedPrefix) {
			problems.Errorf("reserved-column", place, "the name %q of column %d is reserved: %s is tarn's own prefix", name, column+1, connector.ReservedPrefix).
				Hint = "rename it in the file, or set header: false, skip: 1 and names"
		}
	}
}

func both(a, b string) string {
	if a == b {
		return fmt.Sprintf("%q", a)
	}
	return fmt.Sprintf("%q and %q, which differ only by case", a, b)
}
