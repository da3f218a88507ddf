package lake

import (
	"fmt"

	"github.com/apache/iceberg-go"
)

// ResultType returns the type of a transform's results over a column type.
func ResultType(transform string, t Type) (Type, error) {
	parsed, err := parseTransform(transform)
	if err != nil {
		return Type{}, err
	}
	source := toIcebergType(t)
	if !parsed.CanTransform(source) {
		return Type{}, fmt.Errorf("%s does not apply to type %s", transform, t)
	}
	return fromIcebergType(parsed.ResultType(source))
}

// Bucketer returns the function that tells which of n buckets a value of type t
// belongs to: Iceberg's murmur3. It takes the Go values that a [Predicate] does
// and integers in a type's own unit (days, microseconds).
func Bucketer(t Type, n int) (func(value any) (int32, error), error) {
	transform := iceberg.BucketTransform{NumBuckets: n}
	if _, err := ResultType(transform.String(), t); err != nil {
		return nil, err
	}
	return func(value any) (int32, error) {
		lit, err := literal(t, value)
		if err != nil {
			return 0, err
		}
		out := transform.Apply(iceberg.Optional[iceberg.Literal]{Val: lit, Valid: true})
		if !out.Valid {
			return 0, notOf(t, value)
		}
		return out.Val.Any().(int32), nil
	}, nil
}
