package lake

import (
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// leaf is a column as Parquet stores it.
type leaf struct {
	field Field
	path  string
}

// leaves returns the columns of a schema by their paths in a Parquet file.
func leaves(path string, fields []Field, out map[string]leaf) map[string]leaf {
	for _, f := range fields {
		at := path + f.Name
		switch f.Type.Kind {
		case Struct:
			leaves(at+".", f.Type.Fields, out)
		case List:
			leaves(at+".list.", []Field{*f.Type.Elem}, out)
		case Map:
			leaves(at+".key_value.", []Field{*f.Type.Key, *f.Type.Value}, out)
		default:
			out[at] = leaf{field: f, path: at}
		}
	}
	return out
}

// checkFooter makes sure that a file is what the schema says: by path, field
// id and physical type. It returns the ids of columns whose bounds cannot be
// trusted: one row group has values and no bounds (NaN, very long texts), so
// the bounds of the others are not those of the file.
func checkFooter(meta *metadata.FileMetaData, s Schema) (unbounded []int, err error) {
	want := leaves("", s.Fields, map[string]leaf{})
	for i := range meta.Schema.NumColumns() {
		column := meta.Schema.Column(i)
		l, found := want[column.Path()]
		if !found {
			return nil, fmt.Errorf("column %s is not in the schema", column.Path())
		}
		if id := int(column.SchemaNode().FieldID()); id != l.field.ID {
			return nil, fmt.Errorf("column %s has field id %d instead of %d", column.Path(), id, l.field.ID)
		}
		if !stores(column, l.field.Type) {
			return nil, fmt.Errorf("column %s is stored as %s, which is not %s", column.Path(), physical(column), l.field.Type)
		}
		delete(want, column.Path())
		trusted, err := boundsComplete(meta, i)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", column.Path(), err)
		}
		if !trusted {
			unbounded = append(unbounded, l.field.ID)
		}
	}
	for path, l := range want {
		if l.field.Required {
			return nil, fmt.Errorf("required column %s is missing", path)
		}
	}
	return unbounded, nil
}

func boundsComplete(meta *metadata.FileMetaData, column int) (bool, error) {
	for g := range meta.NumRowGroups() {
		chunk, err := meta.RowGroup(g).ColumnChunk(column)
		if err != nil {
			return false, err
		}
		stats, err := chunk.Statistics()
		if err != nil {
			return false, err
		}
		onlyNulls := stats != nil && stats.HasNullCount() && stats.NullCount() == chunk.NumValues()
		if !onlyNulls && (stats == nil || !stats.HasMinMax()) {
			return false, nil
		}
	}
	return true, nil
}

func physical(c *schema.Column) string {
	if l := c.LogicalType(); l != nil && !l.IsNone() {
		return fmt.Sprintf("%s %s", c.PhysicalType(), l)
	}
	return c.PhysicalType().String()
}

// stores reports whether a Parquet column holds values of type t, as Iceberg
// maps them; narrower ones are fine where the type has widened.
func stores(c *schema.Column, t Type) bool {
	switch p := c.PhysicalType(); t.Kind {
	case Boolean:
		return p == parquet.Types.Boolean
	case Int:
		return p == parquet.Types.Int32 && signed(c)
	case Long:
		return (p == parquet.Types.Int64 || p == parquet.Types.Int32) && signed(c)
	case Date:
		return p == parquet.Types.Int32
	case Time:
		return p == parquet.Types.Int64
	case Float:
		return p == parquet.Types.Float
	case Double:
		return p == parquet.Types.Double || p == parquet.Types.Float
	case Decimal:
		l, ok := c.LogicalType().(schema.DecimalLogicalType)
		return ok && int(l.Scale()) == t.Scale && int(l.Precision()) <= t.Precision
	case Timestamp, TimestampTZ:
		return timestamps(c, schema.TimeUnitMicros, t.Kind == TimestampTZ)
	case TimestampNS, TimestampTZNS:
		return timestamps(c, schema.TimeUnitNanos, t.Kind == TimestampTZNS)
	case String, Binary:
		return p == parquet.Types.ByteArray
	case UUID:
		return p == parquet.Types.FixedLenByteArray && c.TypeLength() == 16
	case Fixed:
		return p == parquet.Types.FixedLenByteArray && c.TypeLength() == t.Length
	}
	return false
}

// signed: an unsigned integer reads as negative where it is large.
func signed(c *schema.Column) bool {
	l, ok := c.LogicalType().(schema.IntLogicalType)
	return !ok || l.IsSigned()
}

func timestamps(c *schema.Column, unit schema.TimeUnitType, utc bool) bool {
	l, ok := c.LogicalType().(schema.TimestampLogicalType)
	return ok && l.TimeUnit() == unit && l.IsAdjustedToUTC() == utc
}
