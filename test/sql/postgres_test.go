package sql

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// serve starts a server before the lake, and returns where clients of
// PostgreSQL find it.
func (l *lake) serve(t *testing.T) (url string) {
	t.Helper()
	cmd := l.command(context.Background(), "serve", "--listen", "127.0.0.1:0", "--postgres", "127.0.0.1:0")
	told, tell := io.Pipe()
	cmd.Stderr = tell
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(cmd.Cancel(), cmd.Wait(), told.Close()); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	lines := bufio.NewScanner(told)
	for lines.Scan() {
		if url = regexp.MustCompile(`postgres://\S+`).FindString(lines.Text()); url != "" {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	if url == "" {
		t.Fatal("the server did not say where it is")
	}
	return url
}

func connect(t *testing.T, l *lake) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), l.serve(t)+"?sslmode=disable")
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
			row = append(row, append([]byte(nil), v...))
			if v == nil {
				row[len(row)-1] = nil
			}
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
		if v, err = c.TypeMap().Encode(f.DataTypeOID, pgtype.TextFormatCode, value, nil); err != nil {
			return "", err
		}
	}
	switch f.DataTypeOID {
	case pgtype.BoolOID:
		return map[string]string{"t": "true", "f": "false"}[string(v)], nil
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.NumericOID, pgtype.Float4OID, pgtype.Float8OID:
		return number(string(v)), nil
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
