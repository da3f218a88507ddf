package ingest

import (
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func TestRowsThatAreKeptBeginWhereTheirMemoryDoes(t *testing.T) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil))
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{0, 1, 2, 3, 4}, nil)
	batch := b.NewRecordBatch()
	defer batch.Release()
	for _, c := range []struct {
		runs []run
		want []int64
	}{
		{[]run{{0, 3}}, []int64{0, 1, 2}},
		{[]run{{1, 5}}, []int64{1, 2, 3, 4}},
		{[]run{{1, 2}, {3, 5}}, []int64{1, 3, 4}},
		{nil, nil},
	} {
		kept, err := keepRuns(batch, c.runs)
		if err != nil {
			t.Fatal(err)
		}
		n := kept.Column(0).(*array.Int64)
		if !slices.Equal(n.Int64Values(), c.want) || n.Data().Offset() != 0 {
			t.Errorf("%v: %v from %d", c.runs, n, n.Data().Offset())
		}
		kept.Release()
	}
}
