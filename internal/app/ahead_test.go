package app

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestAheadKeepsTheOrder(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	list := make([]int, 1000)
	for i := range list {
		list[i] = i
	}
	double := func(_ context.Context, n int) int { return 2 * n }
	at := 0
	for got := range ahead(t.Context(), list, double) {
		if got != 2*list[at] {
			t.Fatalf("%d of %d came at %d", got, 2*list[at], at)
		}
		at++
	}
	if at != len(list) {
		t.Errorf("%d came of %d", at, len(list))
	}
}

func TestWhoHasEnoughLeavesNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var begun, ended atomic.Int32
	for range ahead(t.Context(), make([]int, 1000), func(context.Context, int) int {
		begun.Add(1)
		defer ended.Add(1)
		return 0
	}) {
		break
	}
	if b, e := begun.Load(), ended.Load(); b != e || b == 1000 {
		t.Errorf("%d began, %d ended", b, e)
	}
}

func TestAheadEndsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	waits := func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() }
	for _, err := range slices.Collect(ahead(ctx, make([]int, 1000), waits)) {
		if err == nil {
			t.Error("it was not told")
		}
	}
}
