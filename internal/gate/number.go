package gate

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// numberColumn is a column that tables of information_schema have for dialects
// alone: the number of the table that a row is about.
const numberColumn = "table_number"

// NumberSQL is SQL for what [Number] makes of the text %s.
const NumberSQL = "(('0x' || substr(sha256(%s), 1, 15))::UBIGINT %% 1073733632 * 2 + 16384)::UINTEGER"

// Number makes a number of a name, always the same: an even one from 16384 to
// below 1<<31.
func Number(name string) uint32 {
	sum := sha256.Sum256([]byte(name))
	return uint32(binary.BigEndian.Uint64(sum[:8])>>4%1073733632*2 + 16384)
}

// tableNumber is the number of a table or view.
func tableNumber(t ident.Table) uint32 { return Number(t.Namespace + "." + t.Name) }

// numbered adds the column of numbers to a table whose rows are about tables,
// those of one table after each other.
func (t informationTable) numbered(rows [][]any) (informationTable, [][]any) {
	schema, name := slices.Index(t.filled, "table_schema"), slices.Index(t.filled, "table_name")
	if schema < 0 || name < 0 {
		return t, rows
	}
	t.columns = append(slices.Clone(t.columns), [2]string{numberColumn, "UINTEGER"})
	t.filled = append(slices.Clone(t.filled), numberColumn)
	var last ident.Table
	var number uint32
	for i, row := range rows {
		if of := (ident.Table{Namespace: row[schema].(string), Name: row[name].(string)}); i == 0 || of != last {
			last, number = of, tableNumber(of)
		}
		rows[i] = append(row, int64(number))
	}
	return t, rows
}

// Numbers returns the numbers, one of which a column has in the rows that the
// statement may use; known is false where it may have any.
func (w Wanted) Numbers(column string) (numbers []uint32, known bool) {
	return numbersOf(w.conditions, column)
}

// Texts returns the texts, one of which a column has in the rows that the
// statement may use; known is false where it may have any.
func (w Wanted) Texts(column string) (texts []string, known bool) {
	return oneOf(w.conditions, column, func(typ, text string) (string, bool) { return text, typ == "VARCHAR" })
}

func numbersOf(conditions []sqlast.Condition, column string) (numbers []uint32, known bool) {
	return oneOf(conditions, column, func(typ, text string) (uint32, bool) {
		n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
		return uint32(n), err == nil && slices.Contains([]string{"VARCHAR", "SMALLINT", "INTEGER", "BIGINT", "UINTEGER"}, typ)
	})
}

// oneOf reads the first condition that says which values a column has, all of
// which can be read.
func oneOf[T any](conditions []sqlast.Condition, column string, read func(typ, text string) (T, bool)) (values []T, known bool) {
	for _, c := range conditions {
		if !strings.EqualFold(c.Column, column) || c.Op != "=" && c.Op != "in" {
			continue
		}
		values = values[:0]
		for _, v := range c.Values {
			typ, text, scalar := sqlast.Literal(v)
			if value, readable := read(typ, text); scalar && readable {
				values = append(values, value)
			}
		}
		if len(values) == len(c.Values) {
			return values, true
		}
	}
	return nil, false
}
