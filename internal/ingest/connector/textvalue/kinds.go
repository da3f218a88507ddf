package textvalue

import "github.com/tarn-lake/tarn/internal/ingest/connector"

// Kinds is a set of kinds of text that a column was seen to hold; 0 is none.
// Sets join by or, so that what comes out does not depend on the order of
// values.
type Kinds uint8

// The kinds of text.
const (
	SawBoolean Kinds = 1 << iota
	SawLong
	// SawBigLong is a long that a double may not hold exactly.
	SawBigLong
	SawDouble
	SawDate
	SawTimestamp
	SawTimestampTZ
	SawText
)

// Resolve returns the narrowest kind that holds all that was seen; ok is false
// where nothing was.
func (k Kinds) Resolve() (kind connector.Kind, ok bool) {
	within := func(set Kinds) bool { return k&^set == 0 }
	switch {
	case k == 0:
		return connector.String, false
	case within(SawBoolean):
		return connector.Boolean, true
	case within(SawLong | SawBigLong):
		return connector.Long, true
	case within(SawLong | SawDouble):
		return connector.Double, true
	case within(SawDate):
		return connector.Date, true
	case within(SawDate | SawTimestamp):
		return connector.Timestamp, true
	case within(SawTimestampTZ):
		return connector.TimestampTZ, true
	default:
		return connector.String, true
	}
}

// Column returns the type of a new column that was seen to hold these kinds.
func (k Kinds) Column() (connector.Type, connector.Origin) {
	kind, ok := k.Resolve()
	if !ok {
		return connector.Type{Kind: connector.String}, connector.Unseen
	}
	return connector.Type{Kind: kind}, connector.Inferred
}

// ImpliedBy returns what values of an inferred type were seen at least.
func ImpliedBy(kind connector.Kind) Kinds {
	switch kind {
	case connector.Boolean:
		return SawBoolean
	case connector.Long:
		return SawLong
	case connector.Double:
		return SawDouble
	case connector.Date:
		return SawDate
	case connector.Timestamp:
		return SawTimestamp
	case connector.TimestampTZ:
		return SawTimestampTZ
	default:
		return SawText
	}
}

// Classify returns the one kind that a text, not empty, is of.
// What a person declared as the way of writing dates comes before numbers.
func (f *Formats) Classify(text []byte) Kinds {
	if f.Date != nil || f.Timestamp != nil {
		if kind := f.classifyMoment(text); kind != SawText {
			return kind
		}
	}
	switch c := text[0]; {
	case '0' <= c && c <= '9', c == '-', c == '.':
		if v, ok := ParseLong(text); ok {
			if v < -exactInDouble || v > exactInDouble {
				return SawBigLong
			}
			return SawLong
		}
		if _, ok := ParseDouble(text); ok {
			return SawDouble
		}
	case c == 't', c == 'T', c == 'f', c == 'F':
		if _, ok := ParseBoolean(text); ok {
			return SawBoolean
		}
	}
	return f.classifyMoment(text)
}

func (f *Formats) classifyMoment(text []byte) Kinds {
	if _, ok := f.ParseDate(text); ok {
		return SawDate
	}
	if _, ok := f.ParseTimestamp(text); ok {
		return SawTimestamp
	}
	if _, ok := f.ParseTimestampTZ(text); ok {
		return SawTimestampTZ
	}
	return SawText
}
