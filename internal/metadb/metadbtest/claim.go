package metadbtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

func claim(t *testing.T, db *metadb.DB, names ...string) *metadb.Claim {
	t.Helper()
	c, err := db.Claim(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func claimsOfOneNameTakeTurns(t *testing.T, place string) {
	first, second := open(t, place), open(t, place)
	held := claim(t, first, "a", "b")
	if held.Waited() {
		t.Error("the first claim had to wait")
	}
	next := make(chan *metadb.Claim)
	go func() {
		c, err := second.Claim(t.Context(), "b", "c")
		if err != nil {
			t.Error(err)
		}
		next <- c
	}()
	other := claim(t, second, "d")
	other.Release()
	select {
	case <-next:
		t.Fatal("two had the same claim")
	case <-time.After(50 * time.Millisecond):
	}
	held.Release()
	c := <-next
	if c == nil {
		t.FailNow()
	}
	if !c.Waited() {
		t.Error("the second claim did not wait")
	}
	c.Release()
	claim(t, first, "c").Release()
}

func aClaimCanBeGivenUp(t *testing.T, place string) {
	first, second := open(t, place), open(t, place)
	held := claim(t, first, "a")
	waiting, stop := context.WithCancel(t.Context())
	given := make(chan error)
	go func() {
		_, err := second.Claim(waiting, "a")
		given <- err
	}()
	stop()
	if err := <-given; !errors.Is(err, context.Canceled) {
		t.Errorf("a claim that was given up: %v", err)
	}
	held.Release()
	claim(t, second, "a").Release()
}
