package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// numeral is a number as dbt reads it in a seed. Leading zeros are part of one:
// whoever means a text says so in column_types.
var numeral = regexp.MustCompile(`^[+-]?(\d+(\.(\d*))?|\.(\d+))([eE][+-]?\d+)?$`)

// seedTypes finds out the types of a seed's columns as dbt does, by their
// names: numbers without decimals are int (or long, where dbt gives up), other
// numbers double, then date, timestamp, boolean, and else string. A column
// without a value is int. Other than there, what looks like money or a percentage
// is a string: dbt takes it for a number and fails. A file that cannot be read so
// has no types: that is told where it is loaded.
func seedTypes(r io.Reader, delimiter rune) (map[string]string, error) {
	reader := csv.NewReader(r)
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord, reader.ReuseRecord = delimiter, true, -1, true
	header, err := reader.Read()
	if err != nil {
		return nil, unreadable(err)
	}
	names := make([]string, len(header))
	columns := make([]seedColumn, len(header))
	for i, name := range header {
		names[i], columns[i] = strings.TrimPrefix(strings.TrimSpace(name), "\ufeff"), newSeedColumn()
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(err)
		}
		for i, text := range record[:min(len(record), len(columns))] {
			columns[i].see(strings.TrimSpace(text))
		}
	}
	types := make(map[string]string, len(names))
	for i, name := range names {
		types[name] = columns[i].kind()
	}
	return types, nil
}

// unreadable lets pass what is wrong with the text itself.
func unreadable(err error) error {
	var text *csv.ParseError
	if errors.Is(err, io.EOF) || errors.As(err, &text) {
		return nil
	}
	return err
}

// seedColumn is what the values of a column could all be so far.
type seedColumn struct {
	number, whole, small, date, moment, boolean bool
}

func newSeedColumn() seedColumn {
	return seedColumn{number: true, whole: true, small: true, date: true, moment: true, boolean: true}
}

func (c *seedColumn) see(text string) {
	if text == "" || strings.EqualFold(text, "null") {
		return
	}
	if c.number = c.number && numeral.MatchString(text); c.number {
		c.seeNumber(text)
	}
	if c.date {
		_, err := time.Parse("2006-1-2", text)
		c.date = err == nil
	}
	c.moment = c.moment && isMoment(text)
	c.boolean = c.boolean && (strings.EqualFold(text, "true") || strings.EqualFold(text, "false"))
}

func (c *seedColumn) seeNumber(text string) {
	v, err := strconv.ParseFloat(text, 64)
	c.whole = c.whole && err == nil && v == math.Trunc(v)
	c.small = c.small && v >= math.MinInt32 && v <= math.MaxInt32
}

// isMoment reads dates with times, with a space or a T in between.
func isMoment(text string) bool {
	for _, layout := range []string{"2006-1-2 15:04:05", "2006-01-02T15:04:05", "2006-01-02T15:04", time.RFC3339} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

func (c *seedColumn) kind() string {
	switch {
	case c.number && c.whole && c.small:
		return "int"
	case c.number && c.whole:
		return "long"
	case c.number:
		return "double"
	case c.date:
		return "date"
	case c.moment:
		return "timestamp"
	case c.boolean:
		return "boolean"
	default:
		return "string"
	}
}
