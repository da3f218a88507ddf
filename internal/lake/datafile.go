package lake

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/ident"
)

// footerReaders is how many footers are read at a time.
const footerReaders = 8

// NewFile is a data file that the engine wrote into a stage.
type NewFile struct {
	// Path is a path below DataDir, a URI, or a name in the store.
	Path string
	// PartitionValues are by the partition field's Name or its String. They are
	// needed where footers do not tell (bucket), and checked by nobody.
	PartitionValues map[string]any
}

// footers reads what the manifests have to say about the new files out of
// their footers.
func (b *tableBuild) footers(ctx context.Context, names []string) ([]iceberg.DataFile, error) {
	out := make([]iceberg.DataFile, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(footerReaders)
	for i, name := range names {
		group.Go(func() (err error) {
			if out[i], err = b.dataFile(ctx, name, b.change.Files[i].PartitionValues); err != nil {
				return fmt.Errorf("data file %s: %w", name, err)
			}
			return nil
		})
	}
	return out, group.Wait()
}

func (b *tableBuild) dataFile(ctx context.Context, name string, values map[string]any) (iceberg.DataFile, error) {
	meta, size, err := b.readFooter(ctx, name)
	if err != nil {
		return nil, err
	}
	unbounded, err := checkFooter(meta, b.schema)
	if err != nil {
		return nil, err
	}
	partition, err := b.partitionValues(values)
	if err != nil {
		return nil, err
	}
	properties := iceberg.Properties{}
	for _, id := range unbounded {
		if column, found := b.iceberg.FindColumnName(id); found {
			properties[table.MetricsModeColumnConfPrefix+"."+column] = "counts"
		}
	}
	df, err := table.DataFileFromMetadata(table.DataFileArgs{
		Schema: b.iceberg, Spec: b.spec, Format: iceberg.ParquetFile, Metadata: meta,
		FilePath: b.stage.lake.store.URI(name), FileSize: size, Content: iceberg.EntryContentData,
		PartitionValues: partition, Properties: properties, FormatVersion: b.version,
	})
	if err != nil {
		return nil, err
	}
	return df, b.checkPartition(df, partition)
}

func (b *tableBuild) readFooter(ctx context.Context, name string) (*metadata.FileMetaData, int64, error) {
	f, err := b.stage.lake.store.Open(ctx, name)
	if err != nil {
		return nil, 0, err
	}
	reader, err := file.NewParquetReader(f)
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	// The reader closes the file.
	return reader.MetaData(), f.Size(), reader.Close()
}

// partitionValues turns values by field name into values by field id.
func (b *tableBuild) partitionValues(values map[string]any) (map[int]any, error) {
	if len(values) == 0 {
		return nil, nil
	}
	out := map[int]any{}
	for _, f := range b.spec.Fields() {
		source, _ := b.schema.Field(f.SourceID())
		v := b.givenValue(f, source, values)
		if v == nil {
			continue
		}
		typ, err := fromIcebergType(f.Transform.ResultType(toIcebergType(source.Type)))
		if err != nil {
			return nil, err
		}
		lit, err := literal(typ, v)
		if err != nil {
			return nil, fmt.Errorf("partition %s: %w", f.Name, err)
		}
		out[f.FieldID] = lit.Any()
	}
	return out, nil
}

// givenValue finds a field's value by the name that the spec has, or by those
// that the change has: a name that another column has is not kept.
func (b *tableBuild) givenValue(f iceberg.PartitionField, source Field, values map[string]any) any {
	if v := values[f.Name]; v != nil {
		return v
	}
	for _, p := range b.change.Partition {
		if ident.Fold(p.Column) != ident.Fold(source.Name) || p.Transform != f.Transform.String() {
			continue
		}
		if v := values[p.Name]; v != nil {
			return v
		}
		return values[p.String()]
	}
	return nil
}

// checkPartition refuses a file of which it is not certain that all of its
// rows belong to the partition that was found: readers would skip it.
func (b *tableBuild) checkPartition(df iceberg.DataFile, given map[int]any) error {
	for _, f := range b.spec.Fields() {
		if _, ok := given[f.FieldID]; ok || f.Transform.Equals(iceberg.VoidTransform{}) {
			continue
		}
		nulls, counted := df.NullValueCounts()[f.SourceID()]
		value := df.Partition()[f.FieldID]
		switch {
		case counted && value == nil && nulls == df.Count():
		case counted && value != nil && nulls == 0:
		case value == nil:
			return fmt.Errorf("partition %s: the footer does not tell the value, and none was given", f.Name)
		default:
			return fmt.Errorf("partition %s: the file has rows with %v and rows with null", f.Name, value)
		}
	}
	return nil
}
