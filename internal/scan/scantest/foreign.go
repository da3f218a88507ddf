//go:build duckdb_arrow

package scantest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/iceberg-go"
	iceio "github.com/apache/iceberg-go/io"
	"github.com/apache/iceberg-go/table"
	"github.com/apache/iceberg-go/table/dv"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Foreign is a table as another tool sees it that shares the catalog database.
type Foreign struct {
	*table.Table
	l    *Lake
	name ident.Table
	dir  string
}

// Foreign opens a table as another tool would.
func (l *Lake) Foreign(t testing.TB, name string) *Foreign {
	t.Helper()
	n, base := l.find(t, name)
	f := &Foreign{l: l, name: n, dir: filepath.Join(l.Dir, n.Namespace, n.Name)}
	loaded, err := table.NewFromLocation(t.Context(), table.Identifier{n.Namespace, n.Name}, base.Location(), iceio.LoadFSFunc(nil, base.Location()), f)
	must(t, err)
	f.Table = loaded
	return f
}

// Change commits what the other tool does in a transaction.
func (f *Foreign) Change(t testing.TB, change func(*table.Transaction) error) {
	t.Helper()
	tx := f.NewTransaction()
	must(t, change(tx))
	committed, err := tx.Commit(t.Context())
	must(t, err)
	f.Table = committed
}

// LoadTable is for the library.
func (f *Foreign) LoadTable(context.Context, table.Identifier) (*table.Table, error) {
	return f.Table, nil
}

// CommitTable writes a metadata file and points the catalog's row to it.
func (f *Foreign) CommitTable(ctx context.Context, _ table.Identifier, _ []table.Requirement, updates []table.Update) (table.Metadata, string, error) {
	meta, err := table.UpdateTableMetadata(f.Metadata(), updates, f.MetadataLocation())
	if err != nil {
		return nil, "", err
	}
	data, err := json.Marshal(meta)
	if err != nil {
		return nil, "", err
	}
	location, err := f.Point(ctx, data, fmt.Sprintf("%05d-%s.metadata.json", len(f.l.foreign)+100, uuid.NewString()))
	return meta, location, err
}

// Point makes a file with that content the table's metadata.
func (f *Foreign) Point(ctx context.Context, metadata []byte, name string) (string, error) {
	location := filepath.Join(f.dir, "metadata", name)
	if err := os.WriteFile(location, metadata, 0o644); err != nil {
		return "", err
	}
	f.l.foreign = append(f.l.foreign, location)
	return location, f.l.db.Update(ctx, func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = metadata_location
			WHERE table_namespace = ? AND table_name = ?`, location, f.name.Namespace, f.name.Name)
		return err
	})
}

// Metadatum rewrites the table's metadata by hand, as older and newer tools
// leave it.
func (f *Foreign) Metadatum(t testing.TB, edit func(map[string]any)) {
	t.Helper()
	data, err := json.Marshal(f.Metadata())
	must(t, err)
	meta := map[string]any{}
	must(t, json.Unmarshal(data, &meta))
	edit(meta)
	data, err = json.Marshal(meta)
	must(t, err)
	_, err = f.Point(t.Context(), data, uuid.NewString()+".metadata.json")
	must(t, err)
}

// DataFiles returns the paths of the current data files, as the table records
// them.
func (f *Foreign) DataFiles(t testing.TB) []iceberg.DataFile {
	t.Helper()
	tasks, err := f.Scan().PlanFiles(t.Context())
	must(t, err)
	var files []iceberg.DataFile
	for _, task := range tasks {
		files = append(files, task.File)
	}
	return files
}

// Write writes the result of a query as a Parquet file beside the table's data,
// with these field ids, as {name: id}; "" is without.
func (f *Foreign) Write(t testing.TB, query, ids string) string {
	t.Helper()
	path := filepath.Join(f.dir, "data", uuid.NewString()+".parquet")
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	options := "FORMAT parquet"
	if ids != "" {
		options += ", FIELD_IDS " + ids
	}
	_, err := f.l.writer.Exec(t.Context(), fmt.Sprintf("COPY (%s) TO %s (%s)", query, ident.Literal(path), options))
	must(t, err)
	return path
}

// DeleteFile describes a delete file that Write has written, for a row delta:
// columns name rows by values, none by positions. It is about the partition
// that a data file is in, nil for a table without partitions.
func (f *Foreign) DeleteFile(t testing.TB, path string, rows int64, like iceberg.DataFile, columns ...int) iceberg.DataFile {
	t.Helper()
	content := iceberg.EntryContentPosDeletes
	if len(columns) > 0 {
		content = iceberg.EntryContentEqDeletes
	}
	spec, partition := f.Spec(), map[int]any(nil)
	if like != nil {
		spec, partition = *f.Metadata().PartitionSpecByID(int(like.SpecID())), like.Partition()
	}
	info, err := os.Stat(path)
	must(t, err)
	b, err := iceberg.NewDataFileBuilder(spec, content, path, iceberg.ParquetFile, partition, nil, nil, rows, info.Size())
	must(t, err)
	if len(columns) > 0 {
		b.EqualityFieldIDs(columns)
	}
	return b.Build()
}

// DeletePositions writes a file that deletes rows of data files by their
// numbers, each as "path#row".
func (f *Foreign) DeletePositions(t testing.TB, rows ...string) string {
	t.Helper()
	list := make([]string, len(rows))
	for i, row := range rows {
		path, number, _ := strings.Cut(row, "#")
		list[i] = fmt.Sprintf("SELECT %s AS file_path, %s::BIGINT AS pos", ident.Literal(path), number)
	}
	return f.Write(t, strings.Join(list, " UNION ALL "), "{file_path: 2147483546, pos: 2147483545}")
}

// Vectors writes a deletion vector for rows of a data file.
func (f *Foreign) Vectors(t testing.TB, of iceberg.DataFile, rows ...int64) []iceberg.DataFile {
	t.Helper()
	w := dv.NewDVWriter(iceio.LocalFS{}, func(id int32) *iceberg.PartitionSpec { return f.Metadata().PartitionSpecByID(int(id)) })
	must(t, w.Add(of.FilePath(), rows, of.SpecID(), of.Partition()))
	vectors, err := w.Flush(t.Context(), filepath.Join(f.dir, "data", uuid.NewString()+"-v.puffin"))
	must(t, err)
	return vectors
}
