package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/scan"
)

// The table: each commit brings a file for each partition, as loads of a day
// bring rows of every shop.
const (
	partitions = 1000
	commits    = 100
)

var events = ident.Table{Namespace: "main", Name: "events"}

var eventFields = []lake.Field{
	{Name: "shop", Type: lake.TypeOf(lake.Long)}, {Name: "id", Type: lake.TypeOf(lake.Long)},
	{Name: "amount", Type: lake.TypeOf(lake.Double)}, {Name: "note", Type: lake.TypeOf(lake.String)},
}

// fill makes the table by as many commits as there are still to be made.
func fill(ctx context.Context, dir string, m measurements) error {
	return inLake(ctx, dir, func(s objstore.Store) objstore.Store { return s }, func(l *lake.Lake) error {
		base, err := l.Find(ctx, events)
		if err != nil {
			return err
		}
		made := 0
		if base != nil {
			made = len(base.Snapshots())
		}
		for n := made; n < commits; n++ {
			if err := m.took("commit", func() error { return load(ctx, l, n) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// load commits a file for each partition.
func load(ctx context.Context, l *lake.Lake, n int) error {
	base, err := l.Find(ctx, events)
	if err != nil {
		return err
	}
	schema := l.AssignIDs(base, lake.Schema{Fields: eventFields})
	s, err := l.NewStage(ctx, "probe", strconv.Itoa(n), events)
	if err != nil {
		return err
	}
	folder, err := s.MakeDataDir()
	if err != nil {
		return err
	}
	c := lake.Change{Base: base, Op: lake.Append, Schema: schema, Partition: []lake.PartitionField{{Column: "shop", Transform: "identity"}}}
	for shop := range partitions {
		content, err := eventFile(schema, shop, n)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%04d-%04d.parquet", n, shop)
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
		c.Files = append(c.Files, lake.NewFile{Path: s.DataPrefix() + "/" + name})
	}
	candidate, err := s.Build(ctx, c)
	if err != nil {
		return err
	}
	return l.Commit(ctx, []*lake.Candidate{candidate}, nil)
}

// eventFile is a file of a few rows of one shop.
func eventFile(schema lake.Schema, shop, n int) ([]byte, error) {
	types := []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String}
	fields := make([]arrow.Field, len(types))
	for i, f := range schema.Fields {
		fields[i] = arrow.Field{Name: f.Name, Type: types[i], Nullable: true,
			Metadata: arrow.MetadataFrom(map[string]string{"PARQUET:field_id": strconv.Itoa(f.ID)})}
	}
	as := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, as)
	defer b.Release()
	for i := range 3 {
		b.Field(0).(*array.Int64Builder).Append(int64(shop))
		b.Field(1).(*array.Int64Builder).Append(int64(n*partitions*3 + shop*3 + i))
		b.Field(2).(*array.Float64Builder).Append(float64(i) / 2)
		b.Field(3).(*array.StringBuilder).Append("a note")
	}
	rows := b.NewRecordBatch()
	defer rows.Release()
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(as, &buf, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	if err := w.Write(rows); err != nil {
		return nil, err
	}
	err = w.Close()
	return buf.Bytes(), err
}

// counting counts what is opened.
type counting struct {
	objstore.Store
	opened, bytes *atomic.Int64
}

// Open implements [objstore.Store].
func (c counting) Open(ctx context.Context, name string) (objstore.File, error) {
	f, err := c.Store.Open(ctx, name)
	if err == nil {
		c.opened.Add(1)
		c.bytes.Add(f.Size())
	}
	return f, err
}

// plan plans one partition of the table, from its name to SQL: the row of the
// catalog, the metadata file, the manifest list and the manifests.
func plan(ctx context.Context, dir string, m measurements) error {
	var opened, read atomic.Int64
	count := func(s objstore.Store) objstore.Store { return counting{s, &opened, &read} }
	for shop := range 20 {
		err := inLake(ctx, dir, count, func(l *lake.Lake) error {
			one := func() error {
				t, err := l.Find(ctx, events)
				if err != nil {
					return err
				}
				r, err := scan.Plan(ctx, t, lake.At{}, []lake.Predicate{{Column: "shop", Op: "=", Values: []any{int64(shop * 37 % partitions)}}})
				if err == nil && (r.Files != commits || strings.Count(r.SQL, ".parquet") != commits) {
					err = fmt.Errorf("%d files were planned, not %d", r.Files, commits)
				}
				return err
			}
			opened.Store(0)
			read.Store(0)
			if err := m.took("cold", one); err != nil {
				return err
			}
			m.add("files opened", float64(opened.Load()))
			m.add("bytes", float64(read.Load()))
			return m.took("warm", one)
		})
		if err != nil {
			return err
		}
	}
	return inLake(ctx, dir, count, func(l *lake.Lake) error {
		t, err := l.Find(ctx, events)
		if err != nil {
			return err
		}
		manifests := map[string]int{}
		for f, err := range t.Inventory(ctx, lake.At{}) {
			if err != nil {
				return err
			}
			manifests[f.Manifest]++
		}
		m.add("manifests", float64(len(manifests)))
		return m.took("all", func() error {
			r, err := scan.Plan(ctx, t, lake.At{}, nil)
			if err == nil && r.Files != commits*partitions {
				err = fmt.Errorf("%d files were planned", r.Files)
			}
			return err
		})
	})
}
