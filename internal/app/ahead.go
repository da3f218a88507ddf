package app

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// ahead yields what do makes of each element, in order, while it does the next
// ones: more of them than there are cores, as some wait for the disk. Whatever
// it has begun is over when it returns.
func ahead[T, R any](ctx context.Context, list []T, do func(context.Context, T) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var workers sync.WaitGroup
		defer workers.Wait()
		defer cancel()
		results := make(chan chan R, 4*runtime.GOMAXPROCS(0))
		workers.Go(func() {
			defer close(results)
			for _, one := range list {
				result := make(chan R, 1)
				select {
				case <-ctx.Done():
					return
				case results <- result:
				}
				workers.Go(func() { result <- do(ctx, one) })
			}
		})
		for result := range results {
			if !yield(<-result) {
				return
			}
		}
	}
}
