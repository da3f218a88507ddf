package lake

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/apache/iceberg-go"
	iceio "github.com/apache/iceberg-go/io"
	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/diag"
)

// DataFile is a data file of a snapshot.
type DataFile struct {
	// URI is the location as the table records it.
	URI string
	// Path is where the engine reads the file.
	Path    string
	Records int64
	Size    int64
	SpecID  int
	// Sequence is that of the snapshot which added the file.
	Sequence int64
	// SchemaID is the schema that the file was written with, -1 where the
	// table no longer knows.
	SchemaID int
	// Deletes are the rows of the file that are gone; nil is none. Records
	// counts them all the same.
	Deletes *Deletes
	// Constants are the values, as texts, of columns that the file has only if
	// the file itself has them, by field id: its partition tells them.
	Constants map[int]string
}

// Files returns the data files of a snapshot in which rows may match all of the
// predicates, oldest first. Partitions and statistics tell; predicates that they
// cannot judge are ignored, so the rows still have to be filtered.
func (t *Table) Files(ctx context.Context, at At, predicates []Predicate) ([]DataFile, error) {
	snapshot, err := t.Snapshot(at)
	if err != nil || snapshot == nil {
		return nil, err
	}
	tasks, err := t.plan(ctx, snapshot, predicates)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("plan %s: %w", t.name, ctx.Err())
	case err != nil:
		return nil, t.planProblem(ctx, at, t.broken("snapshot", fmt.Sprint(snapshot.ID), err))
	}
	// A large file comes as several tasks, each a range of it: the engine reads
	// whole files and finds its own ranges.
	seen := map[string]bool{}
	tasks = slices.DeleteFunc(tasks, func(task table.FileScanTask) bool {
		again := seen[task.File.FilePath()]
		seen[task.File.FilePath()] = true
		return again
	})
	for i := range tasks {
		tasks[i] = withVectors(tasks[i])
	}
	deletes, err := t.readDeletes(ctx, snapshot, tasks)
	if err != nil {
		return nil, err
	}
	written := t.writtenSchemas()
	files := make([]DataFile, len(tasks))
	for i, task := range tasks {
		if files[i], err = t.dataFile(task, written); err != nil {
			return nil, err
		}
		if files[i].Deletes, err = deletes.of(task); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(files, func(a, b DataFile) int { return cmp.Compare(a.Sequence, b.Sequence) })
	return files, nil
}

// plan returns the data files in which rows may match, perhaps several times.
func (t *Table) plan(ctx context.Context, s *Snapshot, predicates []Predicate) ([]table.FileScanTask, error) {
	tasks, known, err := t.few(ctx, s)
	switch {
	case err != nil:
		return nil, err
	case known:
		return matching(tasks, t.SchemaAt(s), predicates), nil
	}
	return t.scan(ctx, s, predicates)
}

// scan reads the manifests of a snapshot.
func (t *Table) scan(ctx context.Context, s *Snapshot, predicates []Predicate) ([]table.FileScanTask, error) {
	scan := t.iceberg.Scan(table.WithSnapshotID(s.ID), table.WithRowFilter(prune(t.SchemaAt(s), predicates)))
	return scan.PlanFiles(ctx)
}

// isParquet takes the name of the format in any case: DuckDB writes it small.
func isParquet(f iceberg.DataFile) bool {
	return strings.EqualFold(string(f.FileFormat()), string(iceberg.ParquetFile))
}

// asIceberg is the library's own table, which remembers the manifest lists that
// it has read.
func (t *Table) asIceberg() *table.Table {
	return table.New(table.Identifier{t.name.Namespace, t.name.Name}, t.meta, t.location,
		func(ctx context.Context) (iceio.IO, error) { return storeIO{ctx, t.lake.store}, nil }, nil)
}

func (t *Table) dataFile(task table.FileScanTask, written map[int64]int) (DataFile, error) {
	f := DataFile{URI: task.File.FilePath(), Path: task.File.FilePath(), Records: task.File.Count(),
		Size: task.File.FileSizeBytes(), SpecID: int(task.File.SpecID()), SchemaID: -1}
	if !isParquet(task.File) {
		return f, diag.New("file-format", diag.Place{}, "%s has a data file that is not Parquet: %s", t.name, f.URI)
	}
	if task.DataSequenceNumber != nil {
		f.Sequence = *task.DataSequenceNumber
		if id, known := written[f.Sequence]; known && t.ours(f.URI) {
			f.SchemaID = id
		}
	}
	f.Constants = t.constants(task)
	var err error
	f.Path, err = t.enginePath(f.URI)
	return f, err
}

// enginePath returns where the engine reads a file of the table.
func (t *Table) enginePath(uri string) (string, error) {
	name, found := t.lake.store.Name(uri)
	if !found {
		return uri, diag.New("outside-the-lake", diag.Place{}, "%s has a file outside the warehouse %s: %s",
			t.name, t.lake.store.URI(""), uri)
	}
	if path, local := t.lake.store.LocalPath(name); local {
		return path, nil
	}
	return uri, nil
}

// ours reports whether a stage wrote the file. Files of other tools may have
// the sequence of a snapshot that is older than they are, and were written with
// any schema.
func (t *Table) ours(uri string) bool {
	folders := strings.Split(path.Dir(uri), "/")
	for i, folder := range folders[:len(folders)-1] {
		if folder == "data" && uuid.Validate(folders[i+1]) == nil {
			return true
		}
	}
	return false
}

// writtenSchemas maps sequence numbers to the schema of their snapshot. Only
// snapshots that added rows as they came tell how files were written.
func (t *Table) writtenSchemas() map[int64]int {
	out := map[int64]int{}
	for _, s := range snapshotsOf(t.meta) {
		if s.SchemaID != nil && s.SequenceNumber > 0 {
			out[s.SequenceNumber] = *s.SchemaID
		}
	}
	return out
}
