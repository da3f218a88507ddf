package write

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// transform is the SQL of a partition transform, by the arithmetic of the
// Iceberg spec ("Partition Transforms"): time counts from 1970 in UTC and
// rounds down, also before 1970; truncation rounds down, also below zero.
func transform(p lake.PartitionField, schema lake.Schema) (string, error) {
	f, ok := column(schema, p.Column)
	if !ok {
		names := make([]string, len(schema.Fields))
		for i, f := range schema.Fields {
			names[i] = f.Name
		}
		return "", diag.New("unknown-column", diag.Place{}, "partition_by names the column %q, which the table does not have", p.Column).
			WithHint("its columns are %s", strings.Join(names, ", "))
	}
	col := ident.Quote(f.Name)
	name, arg := p.Transform, 0
	if i := strings.IndexByte(p.Transform, '['); i > 0 && strings.HasSuffix(p.Transform, "]") {
		name = p.Transform[:i]
		n, err := strconv.Atoi(p.Transform[i+1 : len(p.Transform)-1])
		if err != nil || n <= 0 {
			return "", unfit(p, f, "the number in brackets must be above zero")
		}
		arg = n
	}
	switch name {
	case "identity":
		return col, nil
	case "year", "month", "day", "hour":
		return timeTransform(p, f, name)
	case "truncate":
		return truncate(p, f, arg)
	case "bucket":
		return bucket(p, f, arg)
	default:
		return "", unfit(p, f, "known are identity, year, month, day, hour, bucket[N], truncate[W]")
	}
}

func timeTransform(p lake.PartitionField, f lake.Field, unit string) (string, error) {
	col := ident.Quote(f.Name)
	switch f.Type.Kind {
	case lake.Date:
		if unit == "hour" {
			return "", unfit(p, f, "a date has no hours")
		}
		return fmt.Sprintf("date_diff('%s', DATE '1970-01-01', %s)::INTEGER", unit, col), nil
	case lake.Timestamp, lake.TimestampNS:
		return fmt.Sprintf("date_diff('%s', TIMESTAMP '1970-01-01', %s::TIMESTAMP)::INTEGER", unit, col), nil
	case lake.TimestampTZ, lake.TimestampTZNS:
		return fmt.Sprintf("date_diff('%s', TIMESTAMP '1970-01-01', (%s AT TIME ZONE 'UTC')::TIMESTAMP)::INTEGER", unit, col), nil
	default:
		return "", unfit(p, f, "the column must be a date or a timestamp")
	}
}

func truncate(p lake.PartitionField, f lake.Field, width int) (string, error) {
	col := ident.Quote(f.Name)
	switch f.Type.Kind {
	case lake.Int, lake.Long:
		return fmt.Sprintf("(%[1]s - (((%[1]s %% %[2]d) + %[2]d) %% %[2]d))", col, width), nil
	case lake.Decimal:
		// The width counts units of the last decimal place.
		unit := fmt.Sprintf("(%d * power(10, -%d))::%s", width, f.Type.Scale, fmt.Sprintf("DECIMAL(%d,%d)", f.Type.Precision, f.Type.Scale))
		return fmt.Sprintf("(%[1]s - (((%[1]s %% %[2]s) + %[2]s) %% %[2]s))", col, unit), nil
	case lake.String:
		return fmt.Sprintf("left(%s, %d)", col, width), nil
	default:
		return "", unfit(p, f, "the column must be a whole number, a decimal or text")
	}
}

func column(schema lake.Schema, name string) (lake.Field, bool) {
	for _, f := range schema.Fields {
		if ident.Fold(f.Name) == ident.Fold(name) {
			return f, true
		}
	}
	return lake.Field{}, false
}

func unfit(p lake.PartitionField, f lake.Field, why string) error {
	return diag.New("bad-partition", diag.Place{}, "the partition %s(%s) does not fit a column of type %s", p.Transform, p.Column, f.Type).
		WithHint("%s", why)
}

// PartitionField names a partition field as Iceberg's engines do: the column
// for identity, else the column and the transform.
func PartitionField(transform, column string) lake.PartitionField {
	f := lake.PartitionField{Column: column, Transform: transform, Name: column}
	kind, _, _ := strings.Cut(transform, "[")
	switch kind {
	case "identity":
	case "truncate":
		f.Name += "_trunc"
	default:
		f.Name += "_" + kind
	}
	return f
}
