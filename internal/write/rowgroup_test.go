package write

import (
	"errors"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func TestRowsComeInGroups(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		sizes, groups []int
		last          error
	}{
		{sizes: []int{2, 2, 2, 1}, groups: []int{4, 3}},
		{sizes: []int{3, 0, 3, 3}, groups: []int{4, 4, 1}},
		{sizes: []int{11, 2}, groups: []int{4, 4, 4, 1}},
		{sizes: []int{4, 4}, groups: []int{4, 4}},
		{sizes: []int{0}},
		{},
		{sizes: []int{3, 3}, groups: []int{4}, last: broken},
		{sizes: []int{4}, groups: []int{4}, last: broken},
	} {
		allocator := memory.NewCheckedAllocator(memory.DefaultAllocator)
		r := groupRows(array.ReaderFromIter(numbers, batches(allocator, c.last, c.sizes...)), 4)
		var got []int
		next := int64(0)
		for r.Next() {
			values := r.RecordBatch().Column(0).(*array.Int64).Int64Values()
			got = append(got, len(values))
			for _, n := range values {
				if n != next {
					t.Errorf("%v: row %d comes as row %d", c.sizes, n, next)
				}
				next++
			}
		}
		if !slices.Equal(got, c.groups) || !errors.Is(r.Err(), c.last) {
			t.Errorf("%v: groups of %v, %v; want %v, %v", c.sizes, got, r.Err(), c.groups, c.last)
		}
		if r.Next() {
			t.Errorf("%v: rows after the end", c.sizes)
		}
		r.Release()
		allocator.AssertSize(t, 0)
		if n := joining.AllocatedBytes(); n != 0 {
			t.Errorf("%v: %d bytes are left", c.sizes, n)
		}
	}
}

func TestAGroupOfLargeRowsEndsEarly(t *testing.T) {
	texts := arrow.NewSchema([]arrow.Field{{Name: "s", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, texts)
	defer b.Release()
	var list []arrow.RecordBatch
	for range 5 {
		b.Field(0).(*array.StringBuilder).Append(string(make([]byte, groupBytes/2)))
		batch := b.NewRecordBatch()
		defer batch.Release()
		list = append(list, batch)
	}
	from, err := array.NewRecordReader(texts, list)
	if err != nil {
		t.Fatal(err)
	}
	r := groupRows(from, 4)
	defer r.Release()
	for _, want := range []int64{2, 2, 1} {
		if !r.Next() || r.RecordBatch().NumRows() != want {
			t.Fatalf("not a group of %d rows: %v, %v", want, r.RecordBatch(), r.Err())
		}
	}
}

// Arrow joins no unions: such batches go as they come.
func TestBatchesThatCannotBeJoinedStay(t *testing.T) {
	union := arrow.SparseUnionOf([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, []arrow.UnionTypeCode{0})
	schema := arrow.NewSchema([]arrow.Field{{Name: "u", Type: union}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	var list []arrow.RecordBatch
	for n := range 5 {
		u := b.Field(0).(*array.SparseUnionBuilder)
		u.Append(0)
		u.Child(0).(*array.Int64Builder).Append(int64(n))
		batch := b.NewRecordBatch()
		defer batch.Release()
		list = append(list, batch)
	}
	from, err := array.NewRecordReader(schema, list)
	if err != nil {
		t.Fatal(err)
	}
	r := groupRows(from, 4)
	defer r.Release()
	var got []int64
	for r.Next() {
		got = append(got, r.RecordBatch().Column(0).(*array.SparseUnion).Field(0).(*array.Int64).Value(0))
	}
	if !slices.Equal(got, []int64{0, 1, 2, 3, 4}) || r.Err() != nil {
		t.Errorf("rows %v, %v", got, r.Err())
	}
}
