package excel

import (
	"strconv"
	"strings"
)

// numberFormat is what a cell's number format makes of its number.
type numberFormat uint8

const (
	// asNumber leaves it.
	asNumber numberFormat = iota
	// asDate, asTime and asMoment make a date of it, a time of day, or both.
	asDate
	asTime
	asMoment
)

// mostStyles bounds the styles of a workbook; Excel has 65,490.
const mostStyles = 1 << 17

// styles reads the number formats of cells.
func (b *book) styles(name string) error {
	codes, inCells := map[int]numberFormat{}, false
	return b.xml(name, func(x *xmlReader) error {
		for x.next() {
			switch x.start() {
			case "numFmt":
				if id, err := strconv.Atoi(x.attribute("numFmtId")); err == nil && len(codes) < mostStyles {
					codes[id] = formatOf(x.attribute("formatCode"))
				}
			case "cellXfs":
				inCells = true
			case "xf":
				if !inCells {
					continue
				}
				if len(b.formats) == mostStyles {
					return b.problem("damaged", "the workbook has more than %d styles", mostStyles)
				}
				id, _ := strconv.Atoi(x.attribute("numFmtId")) // none is 0, General
				format, own := codes[id]
				if !own {
					format = builtIn(id)
				}
				b.formats = append(b.formats, format)
			}
			if x.end() == "cellXfs" {
				inCells = false
			}
		}
		return x.err
	})
}

// builtIn returns the formats that have a number but no code. Those of East
// Asia are among them.
func builtIn(id int) numberFormat {
	switch {
	case 14 <= id && id <= 17, 27 <= id && id <= 31, id == 36, 50 <= id && id <= 54, 57 <= id && id <= 58:
		return asDate
	case 18 <= id && id <= 21, 32 <= id && id <= 35, id == 45, id == 47, 55 <= id && id <= 56:
		return asTime
	case id == 22:
		return asMoment
	}
	return asNumber
}

// formatOf finds out whether a format code shows dates or times. Texts in it and
// what is in brackets (colours, conditions) do not count; [h], [m] and [s] are
// lengths of time, which are numbers.
func formatOf(code string) numberFormat {
	letters := shownLetters(code)
	if letters == "" || strings.Contains(letters, "[") {
		return asNumber
	}
	date := strings.ContainsAny(letters, "dy") || strings.Contains(letters, "m") && !strings.ContainsAny(letters, "hs")
	clock := strings.ContainsAny(letters, "hs")
	switch {
	case date && clock:
		return asMoment
	case date:
		return asDate
	case clock:
		return asTime
	}
	return asNumber
}

// shownLetters are the letters of dates and times in the first section of a
// format code; "[" stands for a length of time.
func shownLetters(code string) string {
	var out strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == ';':
			return out.String()
		case code[i] == '"':
			if end := strings.IndexByte(code[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case code[i] == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return out.String()
			}
			if inside := strings.ToLower(code[i+1 : i+end]); inside != "" && strings.Trim(inside, string(inside[0])) == "" && strings.ContainsAny(inside[:1], "hms") {
				out.WriteByte('[')
			}
			i += end
		case strings.HasPrefix(strings.ToLower(code[i:]), "general"):
			i += len("general") - 1
		case c == 'd' || c == 'm' || c == 'y' || c == 'h' || c == 's':
			out.WriteByte(c)
		}
	}
	return out.String()
}
