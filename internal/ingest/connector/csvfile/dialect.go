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
		next, _, f := v.scanner.record(v.text, len(text), p)
		switch {
		case f == openQuote && cut && next >= len(text):
			return v
		case f != sound:
			v.faults++
			v.scanner.hopeless = max(v.scanner.hopeless, next)
			next = v.scanner.lineEnd(v.text, p) + 1
		default:
			v.rows = append(v.rows, v.scanner.fields)
		}
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
func (s *settings) sniff(text []byte, eol byte, cut bool) (dialect, survey) {
	var best dialect
	var bestSurvey survey
	bestScore := -1.0
	for _, candidate := range s.candidates(text, dialect{eol: eol}) {
		v := s.survey(text, candidate, cut)
		if score := v.score(candidate, s.delimiter != nil); score > bestScore {
			best, bestSurvey, bestScore = candidate, v, score
		}
	}
	return best, bestSurvey
}

// candidates are the dialects that come into question, likelier ones first.
func (s *settings) candidates(text []byte, d dialect) []dialect {
	delimiters := []byte{0}
	for _, c := range []byte{'\t', '|', ';', ','} {
		if bytes.IndexByte(text, c) >= 0 {
			delimiters = append(delimiters, c)
		}
	}
	if s.delimiter != nil {
		delimiters = []byte{*s.delimiter}
	}
	quotes := []byte{'"'}
	if s.quote != nil {
		quotes = []byte{*s.quote}
	} else if bytes.IndexByte(text, '"') < 0 && bytes.IndexByte(text, '\'') >= 0 {
		quotes = []byte{'"', '\''}
	}
	var all []dialect
	for _, d.delimiter = range delimiters {
		for _, d.quote = range quotes {
			if d.backslash = s.escape == escapeBackslash; s.escape != "" {
				all = append(all, d)
				continue
			}
			all = append(all, d)
			if d.quote != 0 && bytes.Contains(text, []byte{'\\', d.quote}) {
				d.backslash = true
				all = append(all, d)
			}
		}
	}
	return all
}

// score is higher for a better guess, and negative for one that is none: a
// delimiter that the first record does not hold, unless it is declared.
func (v *survey) score(d dialect, declared bool) float64 {
	if len(v.rows) == 0 {
		return 0
	}
	if !declared && d.delimiter != 0 && len(v.rows[0]) < 2 {
		return -1
	}
	same, quoted := 0, 0
	for _, fields := range v.rows {
		if len(fields) == len(v.rows[0]) {
			same++
		}
		for _, f := range fields {
			if f.quoted() {
				quoted++
			}
		}
	}
	all := float64(len(v.rows) + v.faults)
	score := 10*float64(len(v.rows))/all + float64(same)/all
	switch {
	case !declared && d.delimiter == 0:
		return 0 // only where no record holds a delimiter first
	case d.quote == '\'' && (v.faults > 0 || quoted < 2):
		return 0
	case d.quote == '\'':
		return score + 0.1
	}
	return score
}
