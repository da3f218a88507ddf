package mysql

import (
	"context"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// column is a column of the relation.
type column struct {
	name string
	// word is MySQL's word for its type, in lower case; unsigned, whether it has
	// no sign.
	word     string
	unsigned bool
	// natural is the type that it has when nobody says otherwise.
	natural connector.Type
}

// describe learns the columns of a relation: from the result of a query without
// rows, and for a table, where that says too little, from the catalog.
func (v *server) describe(ctx context.Context, r *relation, booleans bool) ([]column, error) {
	rows, err := v.main.QueryContext(ctx, "SELECT * FROM "+r.from+" LIMIT 0", nil)
	if err != nil {
		return nil, err
	}
	names := rows.Columns()
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i] = column{name: name}
		columns[i].learn(rows.(driver.RowsColumnTypeDatabaseTypeName), rows.(driver.RowsColumnTypePrecisionScale), i)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	if r.table == "" {
		return columns, nil
	}
	known, err := query(ctx, v.main, "SELECT COLUMN_NAME, COLUMN_TYPE, COLUMN_KEY FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "+
		literal(r.schema)+" AND TABLE_NAME = "+literal(r.table)+" ORDER BY ORDINAL_POSITION")
	if err != nil {
		return nil, err
	}
	keys := 0
	for _, row := range known {
		for i := range columns {
			if columns[i].name != row[0] {
				continue
			}
			columns[i].refine(strings.ToLower(row[1]), booleans)
			if row[2] == "PRI" {
				keys++
				r.key = ""
				if keys == 1 && columns[i].isInteger() {
					r.key = row[0]
				}
			}
		}
	}
	return columns, nil
}

// learn takes what a result says of a column.
func (c *column) learn(names driver.RowsColumnTypeDatabaseTypeName, digits driver.RowsColumnTypePrecisionScale, i int) {
	word := strings.ToLower(names.ColumnTypeDatabaseTypeName(i))
	c.word, c.unsigned = strings.CutPrefix(word, "unsigned ")
	c.natural = connector.Type{Kind: kinds[c.word]}
	switch {
	case c.unsigned && c.word == "int":
		c.natural.Kind = connector.Long
	case c.unsigned && c.word == "bigint":
		c.natural = connector.Type{Kind: connector.Decimal, Precision: 20}
	case c.word == "bit": // how many is not said
		c.natural = bits(64)
	case c.word == "decimal":
		precision, scale, _ := digits.ColumnTypePrecisionScale(i)
		if precision < connector.MaxPrecision {
			precision++ // one too few is said where there is no sign
		}
		c.natural = decimal(int(precision), int(scale))
	}
}

// kinds are what types become; the others become strings.
var kinds = map[string]connector.Kind{
	"tinyint": connector.Int, "smallint": connector.Int, "mediumint": connector.Int, "int": connector.Int, "bigint": connector.Long,
	"year": connector.Int, "float": connector.Float, "double": connector.Double,
	"date": connector.Date, "datetime": connector.Timestamp, "timestamp": connector.TimestampTZ, "time": connector.Time,
	"binary": connector.Binary, "varbinary": connector.Binary, "tinyblob": connector.Binary, "blob": connector.Binary,
	"mediumblob": connector.Binary, "longblob": connector.Binary, "vector": connector.Binary,
}

var numbersInType = regexp.MustCompile(`\((\d+)(?:,(\d+))?\)`)

// refine takes the type as the catalog writes it, such as decimal(10,2)
// unsigned.
func (c *column) refine(written string, booleans bool) {
	first, second := 0, 0
	if m := numbersInType.FindStringSubmatch(written); m != nil && !strings.HasPrefix(written, "enum") && !strings.HasPrefix(written, "set") {
		first, _ = strconv.Atoi(m[1])
		second, _ = strconv.Atoi(m[2])
	}
	switch {
	case strings.HasPrefix(written, "decimal"):
		c.natural = decimal(first, second)
	case strings.HasPrefix(written, "bit"):
		c.natural = bits(first)
	case booleans && strings.HasPrefix(written, "tinyint(1)"):
		c.natural = connector.Type{Kind: connector.Boolean}
	case written == "uuid":
		c.word, c.natural = written, connector.Type{Kind: connector.UUID}
	case written == "inet4" || written == "inet6":
		c.word, c.natural = written, connector.Type{Kind: connector.String}
	}
}

// decimal is a decimal type, or string where there are too many digits.
func decimal(precision, scale int) connector.Type {
	if precision > connector.MaxPrecision {
		return connector.Type{Kind: connector.String}
	}
	return connector.Type{Kind: connector.Decimal, Precision: max(precision, scale, 1), Scale: scale}
}

// bits is the type of bit(n).
func bits(n int) connector.Type {
	switch {
	case n == 1:
		return connector.Type{Kind: connector.Boolean}
	case n < 64:
		return connector.Type{Kind: connector.Long}
	default:
		return connector.Type{Kind: connector.Decimal, Precision: 20}
	}
}

func (c *column) isInteger() bool { return strings.HasSuffix(c.word, "int") }

// text is the expression of a value as text that says all of it; false for
// bytes.
func (c *column) text(target connector.Type) (expression string, isText bool) {
	quoted := quote(c.name)
	switch c.word {
	case "float": // its own text has six digits
		return fmt.Sprintf("CAST(%s + 0E0 AS CHAR)", quoted), true
	case "bit":
		if target.Kind == connector.String {
			return fmt.Sprintf("BIN(%s)", quoted), true
		}
		return fmt.Sprintf("CAST(%s + 0 AS CHAR)", quoted), true
	case "geometry":
		return fmt.Sprintf("ST_AsText(%s)", quoted), true
	}
	if c.natural.Kind == connector.Binary {
		return quoted, false
	}
	if c.natural.Kind == connector.String && c.word != "decimal" && c.word != "inet4" && c.word != "inet6" {
		return quoted, true
	}
	return fmt.Sprintf("CAST(%s AS CHAR)", quoted), true
}
