package transform

import (
	"encoding/json"
	"math/big"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/pymodule"
)

// tableOf takes in the rows of a result, in the values of templates. Without
// fetch nobody sees them, but what is wrong with them counts.
func tableOf(result *gate.Result, fetch bool, at diag.Place) (*template.Table, error) {
	t := &template.Table{Message: "OK", Affected: -1}
	for _, c := range result.Columns {
		t.Columns = append(t.Columns, template.Column{Name: c.Name, Type: c.Type})
	}
	for result.Next() {
		if !fetch {
			continue
		}
		b := result.RecordBatch()
		if len(t.Rows)+int(b.NumRows()) > maxRows {
			return nil, diag.New("too-many-rows", at, "the query returns more than %d rows, and a text can hold no more", maxRows).
				WithHint("let the database work on them: add them up, or make a model of the query")
		}
		for i := range int(b.NumRows()) {
			row := make([]any, b.NumCols())
			for c := range row {
				row[c] = valueOf(b.Column(c), i)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t, result.Err()
}

// valueOf is a value as Python would have it.
func valueOf(a arrow.Array, i int) any {
	if a.IsNull(i) {
		return nil
	}
	switch v := a.(type) {
	case *array.Date32:
		return pymodule.NewDate(v.Value(i).ToTime())
	case *array.Timestamp:
		return timeOf(v, i)
	case *array.Time64:
		return pymodule.NewClock(v.Value(i).ToTime(v.DataType().(*arrow.Time64Type).Unit))
	case *array.Decimal128:
		return decimalOf(v.Value(i).ToString(v.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Float32:
		return float64(v.Value(i))
	case *array.Float64:
		return v.Value(i)
	}
	return plainValue(cell.Value(a, i))
}

func timeOf(v *array.Timestamp, i int) any {
	unit := v.DataType().(*arrow.TimestampType)
	at := v.Value(i).ToTime(unit.Unit)
	if unit.TimeZone != "" {
		return pymodule.NewInstant(at)
	}
	return pymodule.NewDateTime(at)
}

func decimalOf(text string) any {
	d, err := pymodule.ParseDecimal(text)
	if err != nil {
		return text
	}
	return d
}

// plainValue turns what JSON has into what templates have.
func plainValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			if n, err := v.Int64(); err == nil {
				return n
			}
			if n, ok := new(big.Int).SetString(v.String(), 10); ok {
				return n
			}
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
		return v.String()
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = plainValue(e)
		}
		return list
	case cell.Object:
		m := make(map[string]any, len(v))
		for _, e := range v {
			m[e.Name] = plainValue(e.Value)
		}
		return m
	case time.Time:
		return pymodule.NewDateTime(v)
	default:
		return v
	}
}
