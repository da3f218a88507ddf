package excel

import (
	"math"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

const (
	microsPerDay = 24 * 60 * 60 * 1e6
	// exactWhole is up to where doubles hold every whole number.
	exactWhole = 1 << 53
	// epoch1900 and epoch1904 are days from 1970 to day 0; in the first, day 60
	// is a 29 February 1900, which there was not.
	epoch1900, epoch1904 = -25569, -24107
	lostDay              = 60
	// lastDay is 9999-12-31.
	lastDay = 2958465
	// snap is how far from a whole millisecond a time may be, in microseconds,
	// to mean it: a day's fraction is not exact.
	snap = 5
)

// unfit is a cell that holds no value, with what it shows.
func unfit(text string) typed.Value {
	return typed.Value{Present: true, Kind: typed.Unfit, Bytes: []byte(text)}
}

func textValue(text string) typed.Value {
	return typed.Value{Present: true, Kind: connector.String, Bytes: []byte(text)}
}

// stored is a cell as it is stored.
type stored struct {
	kind, value, inline string
	style               int
	formula             bool
	hasValue            bool
}

// value makes a value of a cell. A cell without anything is NULL.
func (b *book) value(c *stored) typed.Value {
	switch {
	case c.kind == "inlineStr":
		return textValue(c.inline)
	case !c.hasValue && c.formula:
		return unfit("a formula without a stored value")
	case !c.hasValue:
		return typed.Value{}
	}
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(c.value))
		if err != nil || i < 0 || i >= len(b.texts) {
			return unfit("text number " + c.value + ", which the workbook lacks")
		}
		return textValue(b.texts[i])
	case "str":
		return textValue(string(unescape([]byte(c.value))))
	case "b":
		on := c.value == "1" || c.value == "true"
		if !on && c.value != "0" && c.value != "false" {
			return unfit(c.value)
		}
		v := typed.Value{Present: true, Kind: connector.Boolean}
		if on {
			v.Int = 1
		}
		return v
	case "e":
		return unfit(c.value)
	case "d":
		return isoDate(c.value)
	}
	return b.number(c)
}

// isoDate reads a date that is stored as ISO 8601.
func isoDate(text string) typed.Value {
	var own textvalue.Formats
	if days, ok := own.ParseDate([]byte(text)); ok {
		return typed.Value{Present: true, Kind: connector.Date, Int: int64(days)}
	}
	if micros, ok := own.ParseTimestamp([]byte(text)); ok {
		return typed.Value{Present: true, Kind: connector.Timestamp, Int: micros}
	}
	return unfit(text)
}

// number makes a value of a number, by its format.
func (b *book) number(c *stored) typed.Value {
	n, err := strconv.ParseFloat(strings.TrimSpace(c.value), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return unfit(c.value)
	}
	format := asNumber
	if c.style >= 0 && c.style < len(b.formats) {
		format = b.formats[c.style]
	}
	switch {
	case format != asNumber:
		return b.moment(n, format, c.value)
	case n == math.Trunc(n) && math.Abs(n) <= exactWhole:
		return typed.Value{Present: true, Kind: connector.Long, Int: int64(n)}
	}
	return typed.Value{Present: true, Kind: connector.Double, Float: n}
}

// moment makes a date or a time of a number of days.
func (b *book) moment(n float64, format numberFormat, text string) typed.Value {
	if n < 0 || n >= lastDay+1 {
		return unfit(text + ", which as a date there is not")
	}
	whole := math.Floor(n)
	micros := int64(math.Round((n - whole) * microsPerDay))
	if rest := micros % 1000; rest <= snap {
		micros -= rest
	} else if rest >= 1000-snap {
		micros += 1000 - rest
	}
	days := int64(whole)
	if micros == microsPerDay {
		days, micros = days+1, 0
	}
	if format == asTime && days == 0 {
		return typed.Value{Present: true, Kind: connector.Time, Int: micros}
	}
	switch {
	case b.from1904:
		days += epoch1904
	case days == lostDay:
		return unfit("1900-02-29, a day that there was not")
	case days < lostDay:
		days += epoch1900 + 1
	default:
		days += epoch1900
	}
	if format == asDate && micros == 0 {
		return typed.Value{Present: true, Kind: connector.Date, Int: days}
	}
	return typed.Value{Present: true, Kind: connector.Timestamp, Int: days*microsPerDay + micros}
}
