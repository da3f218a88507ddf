package app

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/lake"
)

var filesTable = systemTable{name: "files", columns: filesColumns, rows: fileRows}

var filesColumns = columnsOf("namespace", "table_name", generated.Long, "snapshot_id", generated.Text, "file_path", "content", "format", generated.Pairs, "partition",
	generated.Long, "rows", "bytes", "spec_id", "sequence", "added_by", generated.Text, "deletes_from", "manifest", "error")

// fileRows are the files of the state that readers see, of one manifest after
// the other.
func fileRows(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
	return q.ofTables(ctx, filesColumns, func(t *lake.Table, yield func([]any, error) bool) bool {
		for f, err := range t.Inventory(ctx, q.scope.At()) {
			var row []any
			if err == nil {
				row = []any{currentID(t, q.scope.At()), f.URI, f.Content, strings.ToLower(f.Format), pairs(f.Partition),
					f.Records, f.Size, f.SpecID, f.Sequence, f.AddedBy, orNull(f.Reference), f.Manifest, nil}
			}
			if !yield(row, err) {
				return false
			}
		}
		return true
	})
}

func currentID(t *lake.Table, at lake.At) any {
	s, err := t.Snapshot(at)
	if err != nil || s == nil {
		return nil
	}
	return s.ID
}

// pairs are the values of a partition; nil is no partition.
func pairs(values []lake.PartitionValue) any {
	if len(values) == 0 {
		return nil
	}
	out := make([]generated.Pair, len(values))
	for i, v := range values {
		out[i] = generated.Pair{Key: v.Field, Value: v.Value, Null: v.Null}
	}
	return out
}

var partitionsTable = systemTable{name: "partitions", columns: partitionsColumns, rows: partitionRows}

var partitionsColumns = columnsOf("namespace", "table_name", generated.Pairs, "partition", generated.Long, "spec_id", "rows", "files", "bytes",
	"delete_files", "delete_rows", "last_sequence", generated.Text, "error")

// partitionSum is what the files of a partition come to.
type partitionSum struct {
	values                                                    []lake.PartitionValue
	spec                                                      int
	rows, files, bytes, deleteFiles, deleteRows, lastSequence int64
}

func partitionRows(ctx context.Context, q systemQuery) iter.Seq2[[]any, error] {
	return q.ofTables(ctx, partitionsColumns, func(t *lake.Table, yield func([]any, error) bool) bool {
		sums, order, err := partitionSums(ctx, t, q.scope.At())
		if err != nil {
			return yield(nil, err)
		}
		for _, key := range order {
			s := sums[key]
			if !yield([]any{pairs(s.values), s.spec, s.rows, s.files, s.bytes, s.deleteFiles, s.deleteRows, s.lastSequence, nil}, nil) {
				return false
			}
		}
		return true
	})
}

// partitionSums adds up the files of each partition; a table without partitions
// has one.
func partitionSums(ctx context.Context, t *lake.Table, at lake.At) (sums map[string]*partitionSum, order []string, err error) {
	sums = map[string]*partitionSum{}
	for f, err := range t.Inventory(ctx, at) {
		if err != nil {
			return nil, nil, err
		}
		key := fmt.Sprintf("%d %#v", f.SpecID, f.Partition)
		s := sums[key]
		if s == nil {
			s = &partitionSum{values: f.Partition, spec: f.SpecID}
			sums[key], order = s, append(order, key)
		}
		s.lastSequence = max(s.lastSequence, f.Sequence)
		if f.Content != "data" {
			s.deleteFiles++
			s.deleteRows += f.Records
			continue
		}
		s.files++
		s.rows += f.Records
		s.bytes += f.Size
	}
	slices.Sort(order)
	return sums, order, nil
}
