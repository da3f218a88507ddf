package sql

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tarn-lake/tarn/internal/cell"
)

func connect(t *testing.T, l *lake) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), l.serve(t).postgres+"?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// refusal is the answer that an error is.
func refusal(t *testing.T, sql string, err error) answer {
	t.Helper()
	var told *pgconn.PgError
	if !errors.As(err, &told) {
		return unexpected(t, sql, err)
	}
	return answer{problem: strings.SplitN(told.Message, "\n", 2)[0]}
}

// simple asks by the simple protocol, whose values are text.
type simple struct{ *pgx.Conn }

func postgresSimple(t *testing.T, l *lake) road { t.Helper(); return simple{connect(t, l)} }

func (c simple) ask(t *testing.T, sql string) answer {
	t.Helper()
	results, err := c.PgConn().Exec(t.Context(), sql).ReadAll()
	if err != nil {
		return refusal(t, sql, err)
	}
	r := results[len(results)-1]
	return c.answer(t, sql, r.FieldDescriptions, r.Rows)
}

// extended asks by the extended protocol, with values as they are sent by
// default: most of them in binary.
type extended struct{ simple }

func postgresExtended(t *testing.T, l *lake) road { t.Helper(); return extended{simple{connect(t, l)}} }

func (c extended) ask(t *testing.T, sql string) answer {
	t.Helper()
	rows, err := c.Query(t.Context(), sql)
	if err != nil {
		return refusal(t, sql, err)
	}
	var values [][][]byte
	for rows.Next() {
		var row [][]byte
		for _, v := range rows.RawValues() {
			row = append(row, bytes.Clone(v))
		}
		values = append(values, row)
	}
	if err := rows.Err(); err != nil {
		return refusal(t, sql, err)
	}
	return c.answer(t, sql, rows.FieldDescriptions(), values)
}

func (c simple) answer(t *testing.T, sql string, fields []pgconn.FieldDescription, rows [][][]byte) (a answer) {
	t.Helper()
	for _, f := range fields {
		a.names = append(a.names, f.Name)
	}
	for _, values := range rows {
		row := make([]string, len(values))
		for i, v := range values {
			var err error
			if row[i], err = c.text(fields[i], v); err != nil {
				return unexpected(t, sql, err)
			}
		}
		a.rows = append(a.rows, row)
	}
	return a
}

// text is how a value is compared.
func (c simple) text(f pgconn.FieldDescription, v []byte) (string, error) {
	if v == nil {
		return "NULL", nil
	}
	typ, known := c.TypeMap().TypeForOID(f.DataTypeOID)
	if !known {
		return string(v), nil
	}
	if _, list := typ.Codec.(*pgtype.ArrayCodec); list {
		return c.list(f, v)
	}
	if f.Format == pgtype.BinaryFormatCode {
		value, err := typ.Codec.DecodeValue(c.TypeMap(), f.DataTypeOID, f.Format, v)
		if err != nil {
			return "", err
		}
		if i, is := value.(pgtype.Interval); is {
			return string(cell.AppendInterval(nil, arrow.MonthDayNanoInterval{Months: i.Months, Days: i.Days, Nanoseconds: i.Microseconds * 1000})), nil
		}
		if v, err = c.TypeMap().Encode(f.DataTypeOID, pgtype.TextFormatCode, value, nil); err != nil {
			return "", err
		}
	}
	switch f.DataTypeOID {
	case pgtype.BoolOID:
		return map[string]string{"t": "true", "f": "false"}[string(v)], nil
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.NumericOID, pgtype.Float4OID, pgtype.Float8OID:
		return number(string(v)), nil
	case pgtype.TimestamptzOID: // pgx's word for it
		return strings.Replace(string(v), "Z", "+00", 1), nil
	case pgtype.TimeOID:
		if whole, fraction, some := strings.Cut(string(v), "."); some {
			return strings.TrimSuffix(whole+"."+strings.TrimRight(fraction, "0"), "."), nil
		}
	}
	return string(v), nil
}

// list reads an array.
func (c simple) list(f pgconn.FieldDescription, v []byte) (string, error) {
	var all []any
	if err := c.TypeMap().Scan(f.DataTypeOID, f.Format, v, &all); err != nil {
		return "", err
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// number writes a number without zeros at its end.
func number(text string) string {
	r, ok := new(big.Rat).SetString(text)
	switch {
	case strings.HasSuffix(text, "Inf"):
		return text + "inity" // pgx's word
	case !ok:
		return text // NaN, Infinity
	}
	if r.IsInt() {
		return r.Num().String()
	}
	return strings.TrimRight(r.FloatString(40), "0")
}
