package write

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

var numbers = arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)

// batches yields batches of these sizes, numbered through, and then an error.
func batches(allocator memory.Allocator, last error, sizes ...int) iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		next := int64(0)
		for _, size := range sizes {
			b := array.NewRecordBuilder(allocator, numbers)
			for range size {
				b.Field(0).(*array.Int64Builder).Append(next)
				next++
			}
			batch := b.NewRecordBatch()
			b.Release()
			if !yield(batch, nil) {
				return
			}
		}
		if last != nil {
			yield(nil, last)
		}
	}
}

func TestRowsAreAllThereAfterALookAtTheFirst(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		sizes []int
		last  error
		rows  int // -1: none, and nobody is asked to write
	}{
		{[]int{2, 0, 1}, nil, 3},
		{[]int{0, 0, 3, 1}, nil, 4},
		{[]int{1}, broken, 1},
		{[]int{0, 0}, nil, -1},
		{nil, nil, -1},
		{[]int{0}, broken, -1},
	} {
		allocator := memory.NewCheckedAllocator(memory.DefaultAllocator)
		from := array.ReaderFromIter(numbers, batches(allocator, c.last, c.sizes...))
		reader, err := first(from)
		if reader == nil {
			if c.rows != -1 || !errors.Is(err, c.last) {
				t.Errorf("%v: no rows, %v", c.sizes, err)
			}
			from.Release()
			allocator.AssertSize(t, 0)
			continue
		}
		var got []int64
		for reader.Next() {
			got = append(got, slices.Clone(reader.RecordBatch().Column(0).(*array.Int64).Int64Values())...)
		}
		for i, n := range got {
			if int64(i) != n {
				t.Errorf("%v: row %d comes as row %d", c.sizes, n, i)
			}
		}
		if len(got) != c.rows || !errors.Is(reader.Err(), c.last) {
			t.Errorf("%v: %d rows, %v", c.sizes, len(got), reader.Err())
		}
		reader.Release()
		from.Release()
		allocator.AssertSize(t, 0)
	}
}
