package lake

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

// meddling is a store that lets something happen before the first file is
// written to it.
type meddling struct {
	objstore.Store
	first   sync.Once
	happens func()
}

func (m *meddling) Create(ctx context.Context, name string) (objstore.Writer, error) {
	m.first.Do(m.happens)
	return m.Store.Create(ctx, name)
}

func TestOfTwoTablesAroundEachOtherOneLoses(t *testing.T) {
	outer, inner := "main/place", "main/place/inside"
	for _, places := range [][2]string{{outer, inner}, {inner, outer}} {
		db, store := openDB(t), mem.New()
		other := newWriter(t, openLake(t, db, store), "main.first")
		create := func(w *Writer, table, place string) error {
			_, err := w.Create(ctx, NewTable{Name: name(table), Location: store.URI(place), Schema: json.RawMessage(draftSchema)}, nil)
			return err
		}
		mine := openLake(t, db, &meddling{Store: store, happens: func() {
			if err := create(other, "main.quick", places[0]); err != nil {
				t.Error(err)
			}
		}})
		err := create(mine.Writer(Writer{Run: "server"}), "main.late", places[1])
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "holds files of another table") {
			t.Errorf("%s inside or around %s: %v", places[1], places[0], err)
		}
		if load(t, mine, "main.late") != nil || load(t, mine, "main.quick") == nil {
			t.Error("both are there, or the wrong one")
		}
		wantNoOrphans(t, mine, func(string) bool { return false })
	}
}

// A file may be registered under one name only, by however many at once.
func TestRegistrationsTakeTurns(t *testing.T) {
	l := newLake(t)
	w := newWriter(t, l, "main.o")
	location := load(t, l, "main.o").Location()
	if err := w.Remove(ctx, TableEntry, name("main.o"), false, nil); err != nil {
		t.Fatal(err)
	}
	const many = 8
	errs := make([]error, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			table := []string{"main.o", "main.p"}[i%2]
			_, errs[i] = w.Register(ctx, name(table), location, false, nil)
		})
	}
	all.Wait()
	registered := 0
	for _, err := range errs {
		switch {
		case err == nil:
			registered++
		case !errors.Is(err, ErrExists) && !errors.Is(err, ErrInvalid):
			t.Error(err)
		}
	}
	if registered != 1 {
		t.Errorf("registered %d times: %v", registered, errs)
	}
}
