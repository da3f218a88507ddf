package write

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// rowGroup is how many rows a row group has: who asks for one row makes the
// engine decompress as many values of each column (decision 0022).
const rowGroup = 61_440

// copyOut writes the rows of query into the stage's data folder and returns
// the files that hold any.
func copyOut(ctx context.Context, s engine.Session, query string, schema lake.Schema, r Request) ([]lake.NewFile, error) {
	var partition []string
	r.Partition = r.partition()
	if len(r.Partition) > 0 {
		cols := []string{"*"}
		for i, p := range r.Partition {
			e, err := transform(p, schema)
			if err != nil {
				return nil, err
			}
			name := partitionColumn(i)
			cols = append(cols, e+" AS "+name)
			partition = append(partition, name)
		}
		query = "SELECT " + strings.Join(cols, ", ") + " FROM (" + query + ")"
	}
	if len(r.OrderBy) > 0 {
		query = "SELECT * FROM (" + query + ") ORDER BY " + ident.QuoteAll(r.OrderBy)
	}
	options := []string{
		"FORMAT parquet", "COMPRESSION zstd", "RETURN_STATS", fmt.Sprintf("ROW_GROUP_SIZE %d", rowGroup),
		"FIELD_IDS " + fieldIDs(schema.Fields),
	}
	if len(partition) > 0 {
		options = append(options, "PARTITION_BY ("+strings.Join(partition, ", ")+")",
			"WRITE_PARTITION_COLUMNS false", "FILENAME_PATTERN 'part-{uuidv7}'", "OVERWRITE_OR_IGNORE")
	} else {
		options = append(options, fmt.Sprintf("FILE_SIZE_BYTES %d", fileSize),
			"FILENAME_PATTERN 'part-{uuidv7}'", "OVERWRITE_OR_IGNORE", "WRITE_EMPTY_FILE false")
	}
	dir, err := r.Stage.MakeDataDir()
	if err != nil {
		return nil, err
	}
	rows, err := s.Query(ctx, fmt.Sprintf("COPY (%s) TO %s (%s)", query, ident.Literal(dir), strings.Join(options, ", ")))
	if err != nil {
		return nil, err
	}
	defer rows.Release()
	return newFiles(rows, r.Partition, schema)
}

// partition is how new files are partitioned: as the table is, where nobody says.
func (r Request) partition() []lake.PartitionField {
	have := r.Base
	if r.Onto != nil {
		have = r.Onto
	}
	if r.Partition != nil || r.Op == lake.Replace || have == nil {
		return r.Partition
	}
	return slices.DeleteFunc(have.Partition(), func(p lake.PartitionField) bool { return p.Transform == "void" })
}

// partitionColumn names the i-th partition column inside a COPY; it is written
// to no file.
func partitionColumn(i int) string { return "_tarn_p" + strconv.Itoa(i) }

// newFiles reads what COPY … RETURN_STATS says it wrote.
func newFiles(rows array.RecordReader, partition []lake.PartitionField, schema lake.Schema) ([]lake.NewFile, error) {
	var files []lake.NewFile
	for rows.Next() {
		b := rows.RecordBatch()
		path, ok1 := b.Column(0).(*array.String)
		counts, ok2 := b.Column(1).(*array.Uint64)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("the engine's list of written files has columns %v", b.Schema())
		}
		for i := range int(b.NumRows()) {
			if counts.Value(i) == 0 {
				continue
			}
			values, err := partitionValues(b.Column(5), i, partition, schema)
			if err != nil {
				return nil, err
			}
			files = append(files, lake.NewFile{Path: strings.Clone(path.Value(i)), PartitionValues: values})
		}
	}
	return files, rows.Err()
}

// partitionValues returns what cannot be told from a file's footer: the bucket
// that its rows belong to, and decimals, whose footer has them without scale.
func partitionValues(told any, row int, partition []lake.PartitionField, schema lake.Schema) (map[string]any, error) {
	m, ok := told.(*array.Map)
	if !ok || m.IsNull(row) {
		return nil, nil
	}
	keys, items := m.Keys().(*array.String), m.Items().(*array.String)
	values := map[string]any{}
	start, end := m.ValueOffsets(row)
	for j := int(start); j < int(end); j++ {
		for i, p := range partition {
			if keys.Value(j) != partitionColumn(i) || items.IsNull(j) {
				continue
			}
			f, _ := column(schema, p.Column)
			switch {
			case strings.HasPrefix(p.Transform, "bucket["):
				n, err := strconv.ParseInt(items.Value(j), 10, 32)
				if err != nil {
					return nil, fmt.Errorf("the bucket of a written file: %w", err)
				}
				values[p.Name] = int32(n)
			case f.Type.Kind == lake.Decimal:
				values[p.Name] = strings.Clone(items.Value(j))
			}
		}
	}
	return values, nil
}

// fieldIDs spells the FIELD_IDS option of COPY: nested fields are reached
// through __duckdb_field_id.
func fieldIDs(fields []lake.Field) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = ident.Quote(f.Name) + ": " + fieldID(f)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func fieldID(f lake.Field) string {
	self := "__duckdb_field_id: " + strconv.Itoa(f.ID)
	switch f.Type.Kind {
	case lake.Struct:
		inner := fieldIDs(f.Type.Fields)
		return "{" + self + ", " + inner[1:]
	case lake.List:
		return "{" + self + ", element: " + fieldID(*f.Type.Elem) + "}"
	case lake.Map:
		return "{" + self + ", key: " + fieldID(*f.Type.Key) + ", value: " + fieldID(*f.Type.Value) + "}"
	default:
		return strconv.Itoa(f.ID)
	}
}
