package lake

import (
	"fmt"
	"strings"

	"github.com/apache/iceberg-go"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// PartitionField is one part of how a table is partitioned.
type PartitionField struct {
	// Column is the source column.
	Column string
	// Transform is identity, year, month, day, hour, bucket[N], truncate[W] or
	// void.
	Transform string
	// Name is the partition's own name; "" is Iceberg's usual one, such as
	// time_day.
	Name string
}

// String returns the field as people write it, such as day(time).
func (p PartitionField) String() string {
	name, arg, found := strings.Cut(strings.TrimSuffix(p.Transform, "]"), "[")
	switch {
	case p.Transform == "identity":
		return p.Column
	case found:
		return fmt.Sprintf("%s(%s, %s)", name, arg, p.Column)
	default:
		return fmt.Sprintf("%s(%s)", name, p.Column)
	}
}

func badPartition(s string) error {
	return diag.New("bad-partition", diag.Place{}, "%q is not a partition", s).
		WithHint("write a column, or one of year, month, day, hour (column), bucket(N, column), truncate(W, column)")
}

func parseTransform(s string) (iceberg.Transform, error) {
	t, err := iceberg.ParseTransform(s)
	if _, unknown := t.(iceberg.UnknownTransform); err != nil || unknown {
		return nil, badPartition(s)
	}
	return t, nil
}

// partitionSpec makes Iceberg's form of the fields over a schema. A field that
// an earlier spec has keeps its id, as the format demands.
func partitionSpec(fields []PartitionField, schema Schema, earlier []iceberg.PartitionSpec) (iceberg.PartitionSpec, error) {
	bound := toIcebergSchema(schema)
	var options []iceberg.PartitionOption
	for _, f := range fields {
		source, found := schema.Column(f.Column)
		if !found {
			return iceberg.PartitionSpec{}, unknownPartitionColumn(f, schema)
		}
		transform, err := parseTransform(f.Transform)
		if err != nil {
			return iceberg.PartitionSpec{}, err
		}
		if !transform.CanTransform(toIcebergType(source.Type)) {
			return iceberg.PartitionSpec{}, diag.New("bad-partition", diag.Place{},
				"%s: a column of type %s cannot be partitioned by %s", f, source.Type, f.Transform)
		}
		field := iceberg.PartitionField{SourceIDs: []int{source.ID}, Name: f.Name, Transform: transform}
		if field.Name, err = iceberg.GeneratePartitionFieldName(bound, field); err != nil {
			return iceberg.PartitionSpec{}, err
		}
		// A name must not be that of another column.
		for taken, clash := bound.FindFieldByName(field.Name); clash && taken.ID != source.ID; {
			field.Name += "_partition"
			taken, clash = bound.FindFieldByName(field.Name)
		}
		options = append(options, iceberg.AddPartitionFieldBySourceID(
			source.ID, field.Name, transform, bound, earlierID(field, earlier)))
	}
	spec, err := iceberg.NewPartitionSpecOpts(options...)
	if err != nil {
		return spec, diag.New("bad-partition", diag.Place{}, "%v", err).WithCause(err)
	}
	return spec, nil
}

func unknownPartitionColumn(f PartitionField, schema Schema) error {
	p := diag.New("bad-partition", diag.Place{}, "%s: there is no column %q", f, f.Column)
	if near := ident.Near(f.Column, schema.Names()); len(near) > 0 {
		return p.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return p.WithHint("the columns are %s", strings.Join(schema.Names(), ", "))
}

func earlierID(field iceberg.PartitionField, specs []iceberg.PartitionSpec) *int {
	for _, spec := range specs {
		for _, f := range spec.Fields() {
			if f.SourceID() == field.SourceID() && f.Transform.Equals(field.Transform) && f.Name == field.Name {
				return &f.FieldID
			}
		}
	}
	return nil
}
