package gate

import (
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// predicates turns conditions of a statement into predicates that planning can
// judge. Only those are taken whose constants mean to the engine, compared with
// that column, exactly the value that planning gets; the others only cost
// reading more files.
func predicates(schema lake.Schema, conditions []sqlast.Condition) []lake.Predicate {
	var out []lake.Predicate
	for _, c := range conditions {
		f, found := schema.Column(c.Column)
		if !found || f.Type.Nested() {
			continue
		}
		if p, ok := predicate(f, c); ok {
			out = append(out, p)
		}
	}
	return out
}

func predicate(f lake.Field, c sqlast.Condition) (lake.Predicate, bool) {
	p := lake.Predicate{Column: f.Name, Op: c.Op}
	// Not-a-number is the greatest value to the engine and in no statistics.
	if f.Type.Kind == lake.Double && (c.Op == ">" || c.Op == ">=") {
		return p, false
	}
	for _, n := range c.Values {
		typ, text, ok := sqlast.Literal(n)
		if !ok {
			return p, false
		}
		v, ok := constant(f.Type.Kind, typ, text)
		if !ok {
			return p, false
		}
		p.Values = append(p.Values, v)
	}
	return p, true
}

var integers = map[string]bool{"TINYINT": true, "SMALLINT": true, "INTEGER": true, "BIGINT": true}

// constant reads a literal of type typ as a value of a column of that kind.
func constant(kind lake.Kind, typ, text string) (any, bool) {
	switch kind {
	case lake.Int, lake.Long:
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil && integers[typ]
	case lake.Double:
		x, err := strconv.ParseFloat(text, 64)
		return x, err == nil && (typ == "DOUBLE" || typ == "INTEGER")
	case lake.String:
		return text, typ == "VARCHAR"
	case lake.Date:
		return moment(text, typ == "DATE" || typ == "VARCHAR", time.DateOnly)
	case lake.Timestamp:
		return moment(text, typ == "TIMESTAMP" || typ == "DATE" || typ == "VARCHAR", time.DateOnly, time.DateTime)
	case lake.TimestampTZ: // every instance works in UTC
		return moment(text, typ == "TIMESTAMP WITH TIME ZONE" || typ == "VARCHAR", time.DateOnly, time.DateTime)
	default:
		return nil, false
	}
}

func moment(text string, comparable bool, layouts ...string) (any, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil && len(text) == len(layout) {
			return t, comparable
		}
	}
	return nil, false
}
