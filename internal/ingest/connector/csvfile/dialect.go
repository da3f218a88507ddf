package csvfile

import (
	"bytes"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// dialect is how one input is written.
type dialect struct {
	// delimiter 0 is one field per line, quote 0 is no quoting.
	delimiter, quote byte
	// eol ends lines: \n, or \r where a text has no \n at all.
	eol byte
	// backslash escapes quotes inside quotes; else they are doubled.
	backslash   bool
	header      bool
	encoding    connector.Encoding
	compression connector.Compression
	// bom is the length of the byte order mark.
	bom int
}

// surveyRows is how many records are looked at to find out a dialect.
const surveyRows = 100

// survey is the start of a text, read in a dialect.
type survey struct {
	scanner scanner
	text    []byte
	rows    [][]field
	// faults counts records whose quotes are broken.
	faults int
}

// survey reads the first records of text, which has connector.Padding readable
// bytes behind it and ends with a line end.
func (s *settings) survey(text []byte, d dialect, cut bool) survey {
	v := survey{scanner: newScanner(d), text: text[:len(text)+connector.Padding]}
	skip := s.skip
	for p := 0; p < len(text) && len(v.rows) < surveyRows; {
		blank := text[p] == d.eol || text[p] == '\r' && v.text[p+1] == '\n'
		comment := s.comment != "" && bytes.HasPrefix(text[p:], []byte(s.comment))
		if skip > 0 || blank || comment {
			skip--
			p = v.scanner.lineEnd(v.text, p) + 1
			continue
		}
		v.scanner.fields = nil
		next, inside, f := v.scanner.record(v.text, len(text), p)
		switch {
		case f == openQuote && cut && next >= len(text):
			return v
		case f != sound:
			v.faults++
			next = v.scanner.lineEnd(v.text, p) + 1
		default:
			v.rows = append(v.rows, v.scanner.fields)
		}
		_ = inside
		p = next
	}
	return v
}

// value returns a field of a surveyed row.
func (v *survey) value(row, column int) []byte {
	var scratch []byte
	return v.scanner.value(v.text, v.rows[row][column], &scratch)
}

// width returns the number of fields that most of the rows have.
func (v *survey) width() int {
	counts, best := map[int]int{}, 0
	for _, fields := range v.rows {
		counts[len(fields)]++
	}
	for _, fields := range v.rows {
		if n := len(fields); counts[n] > counts[best] {
			best = n
		}
	}
	return best
}

// sniff finds out the parts of a dialect that are not declared and returns the
// survey that was made with it.
//
// Of the delimiters that the first record holds, the one is taken with which
// the fewest records have broken quotes, and then the most have as many fields
// as the first. Turning quoting off is never tried: an unclosed quote would
// look like a reason for it.
func (s *settings) sniff(text []byte, cut bool) (dialect, survey) {
	d := dialect{eol: '\n'}
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0 {
		d.eol = '\r'
	}
	d.quote = s.sniffQuote(text)
	delimiters := []byte{'\t', '|', ';', ','}
	if s.delimiter != nil {
		delimiters = []byte{*s.delimiter}
	}
	escapes := []bool{false}
	if s.escape == escapeBackslash {
		escapes = []bool{true}
	} else if s.escape == "" && d.quote != 0 && bytes.Contains(text, []byte{'\\', d.quote}) {
		escapes = []bool{false, true}
	}
	best, bestSurvey, bestScore := d, survey{}, -1.0
	for _, delimiter := range delimiters {
		if s.delimiter == nil && bytes.IndexByte(text, delimiter) < 0 {
			continue
		}
		for _, backslash := range escapes {
			candidate := d
			candidate.delimiter, candidate.backslash = delimiter, backslash
			v := s.survey(text, candidate, cut)
			if score := v.score(s.delimiter != nil); score > bestScore {
				best, bestSurvey, bestScore = candidate, v, score
			}
		}
	}
	if bestScore < 0 {
		return best, s.survey(text, best, cut)
	}
	return best, bestSurvey
}

// score is higher for a better guess and negative where the first record does
// not hold the delimiter, unless it is declared.
func (v *survey) score(declared bool) float64 {
	if len(v.rows) == 0 || !declared && len(v.rows[0]) < 2 {
		if declared {
			return 0
		}
		return -1
	}
	same := 0
	for _, fields := range v.rows {
		if len(fields) == len(v.rows[0]) {
			same++
		}
	}
	all := float64(len(v.rows) + v.faults)
	return 2*float64(len(v.rows))/all + float64(same)/all
}

// sniffQuote returns the declared quote, or ' where no " occurs and every field
// that starts with ' ends with it, at least two of them.
func (s *settings) sniffQuote(text []byte) byte {
	if s.quote != nil {
		return *s.quote
	}
	if bytes.IndexByte(text, '"') >= 0 || bytes.IndexByte(text, '\'') < 0 {
		return '"'
	}
	quoted := 0
	for _, f := range bytes.FieldsFunc(text, func(c rune) bool {
		return c == ',' || c == ';' || c == '\t' || c == '|' || c == '\n' || c == '\r'
	}) {
		if f[0] != '\'' {
			continue
		}
		if len(f) < 2 || f[len(f)-1] != '\'' {
			return '"'
		}
		quoted++
	}
	if quoted < 2 {
		return '"'
	}
	return '\''
}
