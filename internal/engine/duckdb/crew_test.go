//go:build duckdb_arrow

package duckdb_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tarn-lake/tarn/internal/engine"
)

// gathering gives its argument back, and waits at the first calls until as many
// threads are in it, or a second has passed.
type gathering struct {
	wanted    int32
	in, total atomic.Int32
	met       chan struct{}
	once      sync.Once
}

func (g *gathering) function() engine.ScalarFunction {
	return engine.ScalarFunction{Name: "gather", Args: []string{"BIGINT"}, Returns: "BIGINT", Eval: func(args arrow.RecordBatch) (arrow.Array, error) {
		g.total.Add(1)
		if g.in.Add(1) == g.wanted {
			g.once.Do(func() { close(g.met) })
		}
		select {
		case <-g.met:
		case <-time.After(time.Second):
		}
		g.in.Add(-1)
		b := array.NewInt64Builder(memory.DefaultAllocator)
		defer b.Release()
		b.AppendValues(args.Column(0).(*array.Int64).Int64Values(), nil)
		return b.NewArray(), nil
	}}
}

// TestAStatementThatTakesLongIsHelped: the threads that a large scan may have
// all work on it, with whoever asked.
func TestAStatementThatTakesLongIsHelped(t *testing.T) {
	for _, stream := range []bool{false, true} {
		g := &gathering{wanted: 3, met: make(chan struct{})}
		s := open(t, engine.Options{Class: engine.Writer, Threads: 3, Functions: []engine.ScalarFunction{g.function()}})
		exec(t, s, "CREATE TABLE big AS SELECT range AS n FROM range(1000000)") // nine row groups
		var err error
		if stream {
			_, err = rows(t, s, "SELECT n FROM big WHERE gather(n) < 0")
		} else {
			_, err = s.Exec(t.Context(), "CREATE TABLE other AS SELECT gather(n) AS n FROM big")
		}
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-g.met:
		default:
			t.Errorf("stream %v: never three threads at once, in %d calls", stream, g.total.Load())
		}
	}
}
