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

// Transform applies a partition transform to one value by Iceberg's own
// arithmetic. It takes the Go values that a [Predicate] does and integers in a
// type's own unit (days, microseconds); nil gives nil. Results are int32 for
// year, month, hour and bucket, [iceberg.Date]'s underlying int32 days for day,
// and else the value in Iceberg's Go form.
func Transform(transform string, t Type, value any) (any, error) {
	parsed, err := parseTransform(transform)
	if err != nil {
		return nil, err
	}
	if !parsed.CanTransform(toIcebergType(t)) {
		return nil, fmt.Errorf("%s does not apply to type %s", transform, t)
	}
	if value == nil {
		return nil, nil
	}
	lit, err := literal(t, value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", transform, err)
	}
	out := parsed.Apply(iceberg.Optional[iceberg.Literal]{Val: lit, Valid: true})
	if !out.Valid {
		return nil, nil
	}
	if days, isDate := out.Val.Any().(iceberg.Date); isDate {
		return int32(days), nil
	}
	return out.Val.Any(), nil
}

// Bucketer returns the function that tells which of n buckets a value of type t
// belongs to: Iceberg's murmur3. It takes what [Transform] takes.
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
