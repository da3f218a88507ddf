package csvfile

import "github.com/tarn-lake/tarn/internal/ingest/connector"

// kinds is a set of kinds of text that a column was seen to hold. Sets join by
// or, so that what comes out does not depend on the order of values.
type kinds uint8

const (
	sawBoolean kinds = 1 << iota
	sawLong
	// sawBigLong is a long that a double may not hold exactly.
	sawBigLong
	sawDouble
	sawDate
	sawTimestamp
	sawTimestampTZ
	sawText
)

// resolve returns the narrowest kind that holds all that was seen; ok is false
// where nothing was.
func (k kinds) resolve() (kind connector.Kind, ok bool) {
	within := func(set kinds) bool { return k&^set == 0 }
	switch {
	case k == 0:
		return connector.String, false
	case within(sawBoolean):
		return connector.Boolean, true
	case within(sawLong | sawBigLong):
		return connector.Long, true
	case within(sawLong | sawDouble):
		return connector.Double, true
	case within(sawDate):
		return connector.Date, true
	case within(sawDate | sawTimestamp):
		return connector.Timestamp, true
	case within(sawTimestampTZ):
		return connector.TimestampTZ, true
	default:
		return connector.String, true
	}
}

// impliedBy returns what values of an inferred type were seen at least.
func impliedBy(kind connector.Kind) kinds {
	switch kind {
	case connector.Boolean:
		return sawBoolean
	case connector.Long:
		return sawLong
	case connector.Double:
		return sawDouble
	case connector.Date:
		return sawDate
	case connector.Timestamp:
		return sawTimestamp
	case connector.TimestampTZ:
		return sawTimestampTZ
	default:
		return sawText
	}
}

// classify returns the one kind that a text, not empty, is of.
// What a person declared as the way of writing dates comes before numbers.
func (f *formats) classify(text []byte) kinds {
	if f.date != nil || f.timestamp != nil {
		if kind := f.classifyMoment(text); kind != sawText {
			return kind
		}
	}
	switch c := text[0]; {
	case '0' <= c && c <= '9', c == '-', c == '.':
		if v, ok := parseLong(text); ok {
			if v < -exactInDouble || v > exactInDouble {
				return sawBigLong
			}
			return sawLong
		}
		if _, ok := parseDouble(text); ok {
			return sawDouble
		}
	case c == 't', c == 'T', c == 'f', c == 'F':
		if _, ok := parseBoolean(text); ok {
			return sawBoolean
		}
	}
	return f.classifyMoment(text)
}

func (f *formats) classifyMoment(text []byte) kinds {
	if _, ok := f.parseDate(text); ok {
		return sawDate
	}
	if _, ok := f.parseTimestamp(text); ok {
		return sawTimestamp
	}
	if _, ok := f.parseTimestampTZ(text); ok {
		return sawTimestampTZ
	}
	return sawText
}
