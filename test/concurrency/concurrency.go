// Package concurrency is for tests in which many writers of several processes
// commit to one lake at once.
//
// It promises that each commit appends one row that no other has, so that what
// landed, and how often, can be told row by row. It leaves to the tests where
// the catalog is, and how many write how much.
package concurrency

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/local"
)

// Job is what one process does.
type Job struct {
	// Catalog and Warehouse are where the lake is.
	Catalog, Warehouse string
	// Tables is how many tables the writers share.
	Tables int
	// First is the number of the first of the process's Writers, each of which
	// makes Commits.
	First, Writers, Commits int
	// Keep is how many snapshots the tables keep; 0 is all.
	Keep int
	// Tell lets the process say what it has committed.
	Tell bool

	// binary is what runs the job in a process; "" is this one's.
	binary string
}

// committed begins the lines of processes that tell, before the [Row].
const committed = "committed "

func (j Job) open(ctx context.Context) (*metadb.DB, *lake.Lake, objstore.Store, error) {
	db, err := metadb.Open(ctx, j.Catalog)
	if err != nil {
		return nil, nil, nil, err
	}
	store, err := local.New(j.Warehouse)
	if err != nil {
		return nil, nil, nil, errors.Join(err, db.Close())
	}
	l, err := lake.Open(ctx, lake.Options{DB: db, Store: store})
	if err != nil {
		return nil, nil, nil, errors.Join(err, db.Close())
	}
	return db, l, store, nil
}

// name is that of a table.
func name(n int) ident.Table { return ident.Table{Namespace: "main", Name: fmt.Sprintf("t%d", n)} }

// Prepare makes the tables, without rows.
func (j Job) Prepare(ctx context.Context) (err error) {
	db, l, _, err := j.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for n := range j.Tables {
		s, err := l.NewStage(ctx, "prepare", "table", name(n))
		if err != nil {
			return err
		}
		c, err := s.Build(ctx, lake.Change{Op: lake.Append, Properties: j.properties(), Schema: l.AssignIDs(nil, lake.Schema{Fields: []lake.Field{{Name: "id", Type: lake.TypeOf(lake.Long)}}})})
		if err != nil {
			return err
		}
		if err := l.Commit(ctx, []*lake.Candidate{c}, nil); err != nil {
			return err
		}
	}
	return nil
}

// properties let tables keep no more snapshots than the job says, however young
// they are.
func (j Job) properties() map[string]string {
	if j.Keep == 0 {
		return nil
	}
	return map[string]string{"history.expire.max-snapshot-age-ms": "0", "history.expire.min-snapshots-to-keep": fmt.Sprint(j.Keep),
		"write.metadata.previous-versions-max": "100"}
}

func (j Job) do(ctx context.Context) (err error) {
	db, l, store, err := j.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	group, ctx := errgroup.WithContext(ctx)
	for w := j.First; w < j.First+j.Writers; w++ {
		group.Go(func() error {
			for i := range j.Commits {
				id := int64(w*j.Commits + i)
				if err := add(ctx, l, store, name(w%j.Tables), id); err != nil {
					return fmt.Errorf("writer %d, commit %d: %w", w, i, err)
				}
				if j.Tell {
					fmt.Println(committed + Row(w%j.Tables, id))
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// add appends one row.
func add(ctx context.Context, l *lake.Lake, store objstore.Store, table ident.Table, id int64) error {
	base, err := l.Find(ctx, table)
	if err != nil {
		return err
	}
	s, err := l.NewStage(ctx, "run", fmt.Sprint(id), table)
	if err != nil {
		return err
	}
	file := path.Join(s.DataPrefix(), "row.parquet")
	text, err := oneRow(base.Schema().Fields[0], id)
	if err != nil {
		return err
	}
	if err := objstore.WriteAll(ctx, store, file, text); err != nil {
		return err
	}
	c, err := s.Build(ctx, lake.Change{Base: base, Op: lake.Append, Files: []lake.NewFile{{Path: store.URI(file)}}})
	if err != nil {
		return err
	}
	return l.Commit(ctx, []*lake.Candidate{c}, nil)
}

// oneRow is a Parquet file with one row.
func oneRow(f lake.Field, id int64) ([]byte, error) {
	schema := arrow.NewSchema([]arrow.Field{{Name: f.Name, Type: arrow.PrimitiveTypes.Int64, Nullable: true,
		Metadata: arrow.MetadataFrom(map[string]string{"PARQUET:field_id": fmt.Sprint(f.ID)})}}, nil)
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.Append(id)
	column := b.NewArray()
	defer column.Release()
	batch := array.NewRecordBatch(schema, []arrow.Array{column}, 1)
	defer batch.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(parquet.WithStats(true)), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	if err := errors.Join(w.Write(batch), w.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Reclaim removes the files of what the tables have let go of, and returns of
// how many snapshots.
func (j Job) Reclaim(ctx context.Context) (snapshots int, err error) {
	db, l, _, err := j.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	out, err := l.Reclaim(ctx, time.Now())
	return out.Snapshots, err
}

// Rows returns how often each row is there, in which table, and how many
// snapshots the tables have in all.
func (j Job) Rows(ctx context.Context) (times map[string]int, snapshots int, err error) {
	db, l, store, err := j.open(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	times = map[string]int{}
	for n := range j.Tables {
		t, err := l.Find(ctx, name(n))
		if err != nil {
			return nil, 0, err
		}
		snapshots += len(t.Snapshots())
		files, err := t.Files(ctx, lake.At{}, nil)
		if err != nil {
			return nil, 0, err
		}
		for _, f := range files {
			ids, err := idsOf(ctx, store, strings.TrimPrefix(f.URI, store.URI("")+"/"))
			if err != nil {
				return nil, 0, err
			}
			for _, id := range ids {
				times[Row(n, id)]++
			}
		}
	}
	return times, snapshots, nil
}

// Row names a row of a table.
func Row(table int, id int64) string { return fmt.Sprintf("%s: %d", name(table), id) }

func idsOf(ctx context.Context, store objstore.Store, file string) ([]int64, error) {
	data, err := objstore.ReadAll(ctx, store, file)
	if err != nil {
		return nil, err
	}
	table, err := pqarrow.ReadTable(ctx, bytes.NewReader(data), nil, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	defer table.Release()
	var ids []int64
	for _, chunk := range table.Column(0).Data().Chunks() {
		column, ok := chunk.(*array.Int64)
		if !ok {
			return nil, fmt.Errorf("%s has a %s", file, chunk.DataType())
		}
		ids = append(ids, column.Int64Values()...)
	}
	return ids, nil
}
