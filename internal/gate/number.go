package gate

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// Columns that tables of information_schema have for dialects alone: the numbers
// of the table that a row is about, and of its namespace.
const (
	numberColumn       = "table_number"
	schemaNumberColumn = "schema_number"
)

// FirstNumber is the least that [Number] makes.
const FirstNumber = 16384

// NumberSQL is SQL for what [Number] makes of the text %s.
const NumberSQL = "(('0x' || substr(sha256(%s), 1, 15))::UBIGINT %% 1073733632 * 2 + 16384)::UINTEGER"

// Number makes a number of a name, always the same: an even one from 16384 to
// below 1<<31.
func Number(name string) uint32 {
	sum := sha256.Sum256([]byte(name))
	return uint32(binary.BigEndian.Uint64(sum[:8])>>4%1073733632*2 + FirstNumber)
}

// noObjects reports whether none of the numbers is one that [Number] makes, or
// the one after it.
func noObjects(numbers []uint32) bool {
	return !slices.ContainsFunc(numbers, func(n uint32) bool { return n >= FirstNumber })
}

// tableNumber is the number of a table or view.
func tableNumber(t ident.Table) uint32 { return Number(t.Namespace + "." + t.Name) }

// numbered adds the columns of numbers to a table whose rows are about tables,
// those of one table after each other.
func (t informationTable) numbered(rows [][]any) (informationTable, [][]any) {
	schema, name := slices.Index(t.filled, "table_schema"), slices.Index(t.filled, "table_name")
	if schema < 0 || name < 0 {
		return t, rows
	}
	t.columns = append(slices.Clone(t.columns), [2]string{numberColumn, "UINTEGER"}, [2]string{schemaNumberColumn, "UINTEGER"})
	t.filled = append(slices.Clone(t.filled), numberColumn, schemaNumberColumn)
	var last ident.Table
	var number, ofSchema uint32
	for i, row := range rows {
		of := ident.Table{Namespace: row[schema].(string), Name: row[name].(string)}
		if i == 0 || of.Namespace != last.Namespace {
			ofSchema = Number(of.Namespace)
		}
		if i == 0 || of != last {
			last, number = of, tableNumber(of)
		}
		rows[i] = append(row, int64(number), int64(ofSchema))
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
	return oneOf(w.conditions, column, func(n sqlast.Node) (string, bool) {
		typ, text, ok := sqlast.Literal(n)
		return text, ok && typ == "VARCHAR"
	})
}

func numbersOf(conditions []sqlast.Condition, column string) (numbers []uint32, known bool) {
	return oneOf(conditions, column, sqlast.Number)
}

// oneOf reads the first condition that says which values a column has, all of
// which can be read.
func oneOf[T any](conditions []sqlast.Condition, column string, read func(sqlast.Node) (T, bool)) (values []T, known bool) {
	for _, c := range conditions {
		if !strings.EqualFold(c.Column, column) || c.Op != "=" && c.Op != "in" {
			continue
		}
		values = values[:0]
		for _, v := range c.Values {
			if value, readable := read(v); readable {
				values = append(values, value)
			}
		}
		if len(values) == len(c.Values) {
			return values, true
		}
	}
	return nil, false
}
