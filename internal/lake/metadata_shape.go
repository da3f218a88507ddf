package lake

import (
	"reflect"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
)

// setShape makes the schema and the partition spec current, adding those that
// the table does not have.
func (b *tableBuild) setShape() error {
	if err := b.keepIDs(); err != nil {
		return err
	}
	if b.base != nil && reflect.DeepEqual(b.schema.Fields, b.change.Base.Schema().Fields) {
		b.iceberg = b.base.CurrentSchema()
	} else {
		b.iceberg = iceberg.NewSchemaWithIdentifiers(0, b.identifiers(), toIcebergFields(b.schema.Fields)...)
		if err := b.builder.AddSchema(b.iceberg); err != nil {
			return err
		}
		if err := b.builder.SetCurrentSchemaID(-1); err != nil {
			return err
		}
		b.iceberg = b.builder.CurrentSchema()
	}
	b.schema.ID = b.iceberg.ID
	if b.base == nil {
		// A copy: the builder writes to what it is given, and this one is everybody's.
		unsorted := table.UnsortedSortOrder
		if err := b.builder.AddSortOrder(&unsorted); err != nil {
			return err
		}
		if err := b.builder.SetDefaultSortOrderID(-1); err != nil {
			return err
		}
	}
	return b.setSpec()
}

func (b *tableBuild) setSpec() error {
	if b.again && b.change.Op != Replace {
		b.change.Partition = b.onto.Partition() // what its files have
	}
	if b.base != nil && b.change.Op != Replace && b.change.Partition == nil {
		b.spec = b.base.PartitionSpec()
		return nil
	}
	var earlier []iceberg.PartitionSpec
	if b.base != nil {
		earlier = b.base.PartitionSpecs()
	}
	spec, err := partitionSpec(b.change.Partition, b.schema, earlier)
	if err != nil {
		return err
	}
	for _, old := range earlier {
		if old.CompatibleWith(&spec) {
			b.spec = old
			return b.builder.SetDefaultSpecID(old.ID())
		}
	}
	if err := b.builder.AddPartitionSpec(&spec, b.base == nil); err != nil {
		return err
	}
	if err := b.builder.SetDefaultSpecID(-1); err != nil {
		return err
	}
	current, err := b.builder.CurrentSpec()
	if err == nil {
		b.spec = *current
	}
	return err
}
