package lake

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

func TestTheCacheForgetsWhatWasUsedLeastRecently(t *testing.T) {
	c := newCache[*Table](3)
	for i := range 3 {
		c.put(fmt.Sprint(i), &Table{location: fmt.Sprint(i)})
	}
	if _, found := c.get("0"); !found {
		t.Fatal("0 is gone")
	}
	c.put("3", &Table{location: "3"})
	c.put("3", &Table{location: "3"})
	for key, want := range map[string]bool{"0": true, "1": false, "2": true, "3": true} {
		if table, found := c.get(key); found != want || (found && table.location != key) {
			t.Errorf("%s is there: %v, want %v", key, found, want)
		}
	}
}

// opening is a store that counts what is opened.
type opening struct {
	objstore.Store
	times atomic.Int32
}

func (o *opening) Open(ctx context.Context, name string) (objstore.File, error) {
	o.times.Add(1)
	return o.Store.Open(ctx, name)
}

func TestAStateThatManyWaitForIsReadOnce(t *testing.T) {
	db, store := openDB(t), mem.New()
	l := openLake(t, db, store)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	counted := &opening{Store: store}
	other := openLake(t, db, counted)
	var group errgroup.Group
	for range 20 {
		group.Go(func() error {
			found, err := other.Find(ctx, name("o"))
			if err == nil && found == nil {
				err = errors.New("not found")
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if n := counted.times.Load(); n != 1 {
		t.Errorf("it was read %d times", n)
	}
}
