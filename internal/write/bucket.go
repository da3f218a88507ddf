package write

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// The functions that the writing engine needs for buckets, which are Iceberg's
// murmur3 and no function of the engine. Each takes a value and the number of
// buckets.
const (
	bucketLong    = "tarn_bucket_long"
	bucketText    = "tarn_bucket_text"
	bucketBytes   = "tarn_bucket_bytes"
	bucketDecimal = "tarn_bucket_decimal"
	bucketUUID    = "tarn_bucket_uuid"
)

// Functions are what an engine must know to write bucketed tables.
func Functions() []engine.ScalarFunction {
	return []engine.ScalarFunction{
		bucketFunction(bucketLong, "BIGINT", func(string) lake.Type { return lake.TypeOf(lake.Long) }),
		bucketFunction(bucketText, "VARCHAR", func(string) lake.Type { return lake.TypeOf(lake.String) }),
		bucketFunction(bucketBytes, "BLOB", func(string) lake.Type { return lake.TypeOf(lake.Binary) }),
		bucketFunction(bucketDecimal, "VARCHAR", decimalType),
		bucketFunction(bucketUUID, "VARCHAR", func(string) lake.Type { return lake.TypeOf(lake.UUID) }),
	}
}

// decimalType is the type of a decimal that is spelled with all its places.
func decimalType(text string) lake.Type {
	_, places, _ := strings.Cut(text, ".")
	return lake.DecimalOf(38, len(places))
}

func bucketFunction(name, arg string, typeOf func(text string) lake.Type) engine.ScalarFunction {
	return engine.ScalarFunction{
		Name: name, Args: []string{arg, "INTEGER"}, Returns: "INTEGER",
		Eval: func(args arrow.RecordBatch) (arrow.Array, error) { return buckets(args, typeOf) },
	}
}

// buckets computes the bucket of each row.
func buckets(args arrow.RecordBatch, typeOf func(text string) lake.Type) (arrow.Array, error) {
	counts, ok := args.Column(1).(*array.Int32)
	if !ok {
		return nil, fmt.Errorf("the number of buckets has type %s", args.Column(1).DataType())
	}
	out := array.NewInt32Builder(memory.DefaultAllocator)
	defer out.Release()
	known := map[string]func(any) (int32, error){}
	for i := range int(args.NumRows()) {
		if args.Column(0).IsNull(i) || counts.IsNull(i) {
			out.AppendNull()
			continue
		}
		value, text := argument(args.Column(0), i)
		t, n := typeOf(text), counts.Value(i)
		key := fmt.Sprint(t, n)
		bucket := known[key]
		if bucket == nil {
			var err error
			if bucket, err = lake.Bucketer(t, int(n)); err != nil {
				return nil, err
			}
			known[key] = bucket
		}
		b, err := bucket(value)
		if err != nil {
			return nil, err
		}
		out.Append(b)
	}
	return out.NewArray(), nil
}

// argument is the i-th value, and its text where it is text.
func argument(a arrow.Array, i int) (any, string) {
	switch v := a.(type) {
	case *array.Int64:
		return v.Value(i), ""
	case *array.String:
		return v.Value(i), v.Value(i)
	case *array.Binary:
		return v.Value(i), ""
	default:
		return nil, ""
	}
}

// bucket is the SQL of the bucket of a column.
func bucket(p lake.PartitionField, f lake.Field, n int) (string, error) {
	col := ident.Quote(f.Name)
	call := func(function, value string) (string, error) {
		return fmt.Sprintf("%s(%s, %d::INTEGER)", function, value, n), nil
	}
	switch f.Type.Kind {
	case lake.Int, lake.Long:
		return call(bucketLong, col+"::BIGINT")
	case lake.Date:
		return call(bucketLong, "date_diff('day', DATE '1970-01-01', "+col+")::BIGINT")
	case lake.Timestamp, lake.TimestampTZ:
		return call(bucketLong, "epoch_us("+col+")::BIGINT")
	case lake.Decimal:
		return call(bucketDecimal, col+"::VARCHAR")
	case lake.String:
		return call(bucketText, col)
	case lake.UUID:
		return call(bucketUUID, col+"::VARCHAR")
	case lake.Binary, lake.Fixed:
		return call(bucketBytes, col)
	default:
		return "", unfit(p, f, "such a column cannot be divided into buckets")
	}
}
