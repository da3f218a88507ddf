package typed

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// AppendText appends a value as text: what a string column has for it. A
// nested value is JSON; NULL is nothing.
func AppendText(b []byte, x *Value) []byte {
	switch {
	case !x.Present:
		return b
	case nested(x.Kind):
		return AppendJSON(b, x)
	case x.Kind == connector.Boolean:
		return strconv.AppendBool(b, x.Int != 0)
	case isWhole(x.Kind):
		return strconv.AppendInt(b, x.Int, 10)
	case x.Kind == connector.Float:
		return appendFloat(b, x.Float, 32)
	case x.Kind == connector.Double:
		return appendFloat(b, x.Float, 64)
	case x.Kind == connector.Decimal:
		return append(b, x.Decimal.ToString(int32(x.Scale))...)
	case connector.Date <= x.Kind && x.Kind <= connector.Time:
		return appendMoment(b, x)
	default:
		return append(b, x.Bytes...)
	}
}

// appendFloat writes the shortest text that reads back as f, without an
// exponent where that is readable.
func appendFloat(b []byte, f float64, bits int) []byte {
	if a := math.Abs(f); a == 0 || 1e-6 <= a && a < 1e21 {
		return strconv.AppendFloat(b, f, 'f', -1, bits)
	}
	return strconv.AppendFloat(b, f, 'e', -1, bits)
}

// appendMoment writes ISO 8601, with as many digits of a second as there are.
func appendMoment(b []byte, x *Value) []byte {
	switch x.Kind {
	case connector.Date:
		return time.Unix(x.Int*24*60*60, 0).UTC().AppendFormat(b, time.DateOnly)
	case connector.Time:
		return moment(x).AppendFormat(b, "15:04:05.999999999")
	case connector.Timestamp:
		return moment(x).AppendFormat(b, "2006-01-02T15:04:05.999999999")
	default:
		return moment(x).AppendFormat(b, "2006-01-02T15:04:05.999999999Z07:00")
	}
}

func moment(x *Value) time.Time { return time.UnixMicro(x.Int).Add(time.Duration(x.Nanos)).UTC() }

// unfitKey is the key of an object that stands for what is no value.
const unfitKey = "error"

// AppendJSON appends a value as JSON. Bytes are in base64, numbers that JSON has
// not are strings, and what is no value is an object with what it shows.
func AppendJSON(b []byte, x *Value) []byte {
	switch {
	case !x.Present:
		return append(b, "null"...)
	case x.Kind == connector.List:
		b = append(b, '[')
		for i := range x.Items {
			b = AppendJSON(comma(b, i), &x.Items[i])
		}
		return append(b, ']')
	case x.Kind == connector.Map:
		b = append(b, '{')
		for i := 0; i+1 < len(x.Items); i += 2 {
			b = connector.AppendQuoted(comma(b, i), AppendText(nil, &x.Items[i]))
			b = AppendJSON(append(b, ':'), &x.Items[i+1])
		}
		return append(b, '}')
	case x.Kind == connector.Struct:
		b = append(b, '{')
		for i := range x.Items {
			b = connector.AppendQuoted(comma(b, i), []byte(x.Fields[i].Name))
			b = AppendJSON(append(b, ':'), &x.Items[i])
		}
		return append(b, '}')
	case x.Kind == connector.Float || x.Kind == connector.Double:
		if math.IsNaN(x.Float) || math.IsInf(x.Float, 0) {
			return connector.AppendQuoted(b, AppendText(nil, x))
		}
		return AppendText(b, x)
	case x.Kind == connector.Boolean || isNumber(x.Kind):
		return AppendText(b, x)
	case x.Kind == Unfit:
		b = connector.AppendQuoted(append(b, '{'), []byte(unfitKey))
		return append(connector.AppendQuoted(append(b, ':'), x.Bytes), '}')
	case x.Kind == connector.Binary:
		b = append(b, '"')
		return append(base64.StdEncoding.AppendEncode(b, x.Bytes), '"')
	default:
		return connector.AppendQuoted(b, AppendText(nil, x))
	}
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
