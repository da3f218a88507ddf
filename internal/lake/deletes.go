package lake

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/apache/iceberg-go/table/dv"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Deletes says which rows of a data file are gone, as other tools mark them
// that do not write the file again.
type Deletes struct {
	// Positions are files that name rows by file and number.
	Positions []DeleteFile
	// Vector are the numbers of rows, as runs in order; where there is one there
	// are no Positions.
	Vector []Run
	// Equality are files that name rows by what they have in columns. They are
	// about data files of a lower sequence.
	Equality []DeleteFile
	// Scope names the file's partition, for [DeleteFile.Scope].
	Scope string
}

// Run is rows that follow each other, from 0, both ends included.
type Run struct{ First, Last int64 }

// DeleteFile is a Parquet file that names rows.
type DeleteFile struct {
	// URI is the location as the table records it, Path where the engine reads
	// the file.
	URI, Path string
	// Sequence is that of the snapshot which added the file.
	Sequence int64
	// Columns are the fields that rows must agree in; see [Table.FieldOfAnySchema].
	Columns []int
	// Scope is the partition that the file is about, "" for all of the table.
	Scope string
}

// deleteReader finds the deletes of data files.
type deleteReader struct {
	t         *Table
	sequences map[string]int64
	vectors   map[string][]Run // by the path of the data file
	files     map[string]DeleteFile
}

// readDeletes prepares to tell the deletes of tasks: it reads what the tasks
// themselves do not tell. nil is for none.
func (t *Table) readDeletes(ctx context.Context, s *Snapshot, tasks []table.FileScanTask) (*deleteReader, error) {
	r := &deleteReader{t: t, vectors: map[string][]Run{}, files: map[string]DeleteFile{}}
	vectors, some := map[string][]iceberg.DataFile{}, false
	for _, task := range tasks {
		some = some || len(task.DeleteFiles)+len(task.EqualityDeleteFiles) > 0
		for _, v := range task.DeletionVectorFiles {
			vectors[v.FilePath()] = append(vectors[v.FilePath()], v)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(vectors)) {
		if err := r.readVectors(ctx, vectors[path]); err != nil {
			return nil, t.broken("deletion vectors", path, err)
		}
	}
	if !some {
		return r, nil
	}
	var err error
	r.sequences, err = t.deleteSequences(ctx, s)
	return r, err
}

// readVectors reads the vectors of one file.
func (r *deleteReader) readVectors(ctx context.Context, files []iceberg.DataFile) error {
	bitmaps, err := dv.ReadDVs(storeIO{ctx, r.t.lake.store}, files)
	if err != nil {
		return err
	}
	for i, f := range files {
		runs := []Run{}
		for position := range bitmaps[i].Positions() {
			n := int64(position)
			if last := len(runs) - 1; last >= 0 && runs[last].Last+1 == n {
				runs[last].Last = n
			} else {
				runs = append(runs, Run{n, n})
			}
		}
		r.vectors[*f.ReferencedDataFile()] = runs
	}
	return nil
}

// deleteSequences are the sequence numbers of a snapshot's delete files.
func (t *Table) deleteSequences(ctx context.Context, s *Snapshot) (map[string]int64, error) {
	files := storeIO{ctx, t.lake.store}
	manifests, err := t.meta.SnapshotByID(s.ID).Manifests(files)
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", t.name, err)
	}
	out := map[string]int64{}
	for _, m := range manifests {
		if m.ManifestContent() != iceberg.ManifestContentDeletes {
			continue
		}
		for e, err := range m.Entries(files, true) {
			if err != nil {
				return nil, t.broken("manifest", m.FilePath(), err)
			}
			out[e.DataFile().FilePath()] = e.SequenceNum()
		}
	}
	return out, nil
}

// of returns the deletes of a task, nil for none.
func (r *deleteReader) of(task table.FileScanTask) (*Deletes, error) {
	if len(task.DeleteFiles)+len(task.EqualityDeleteFiles)+len(task.DeletionVectorFiles) == 0 {
		return nil, nil
	}
	d := &Deletes{Vector: r.vectors[task.File.FilePath()], Scope: scopeOf(task.File)}
	for _, f := range task.DeleteFiles {
		file, err := r.file(f, false)
		if err != nil {
			return nil, err
		}
		d.Positions = append(d.Positions, file)
	}
	for _, f := range task.EqualityDeleteFiles {
		file, err := r.file(f, true)
		if err != nil {
			return nil, err
		}
		d.Equality = append(d.Equality, file)
	}
	return d, nil
}

func (r *deleteReader) file(f iceberg.DataFile, byValues bool) (DeleteFile, error) {
	if known, found := r.files[f.FilePath()]; found {
		return known, nil
	}
	if !isParquet(f) {
		return DeleteFile{}, diag.New("file-format", diag.Place{}, "%s has a delete file that is not Parquet: %s", r.t.name, f.FilePath()).
			WithHint("rewrite the table's data files with the tool that wrote it, as Parquet")
	}
	sequence, found := r.sequences[f.FilePath()]
	if !found {
		return DeleteFile{}, r.t.broken("delete file", f.FilePath(), fmt.Errorf("no manifest has it"))
	}
	path, err := r.t.enginePath(f.FilePath())
	out := DeleteFile{URI: f.FilePath(), Path: path, Sequence: sequence}
	if byValues {
		out.Columns = slices.Sorted(slices.Values(f.EqualityFieldIDs()))
		if spec := r.t.meta.PartitionSpecByID(int(f.SpecID())); spec != nil && !spec.IsUnpartitioned() {
			out.Scope = scopeOf(f)
		}
	}
	r.files[f.FilePath()] = out
	return out, err
}

// scopeOf tells partitions apart, with the spec that they are of.
func scopeOf(f iceberg.DataFile) string { return fmt.Sprintf("%d %#v", f.SpecID(), f.Partition()) }

// FieldOfAnySchema returns a field that the table has or had, nested or not,
// as the latest schema has it that does.
func (t *Table) FieldOfAnySchema(id int) (Field, bool) {
	if f, found := t.Schema().Field(id); found {
		return f, true
	}
	for _, schema := range slices.Backward(slices.Sorted(maps.Keys(t.schemas))) {
		if f, found := t.schemas[schema].Field(id); found {
			return f, true
		}
	}
	return Field{}, false
}

// broken is the problem of a table one of whose files cannot be read.
func (t *Table) broken(what, uri string, err error) error {
	return diag.New("unreadable-table", diag.Place{}, "%s cannot be read: %s %s: %v", t.name, what, uri, err).WithCause(err).
		WithHint("the other tables are not affected")
}
