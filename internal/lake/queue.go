package lake

import (
	"context"
	"slices"
	"sync"
)

// queue lets one after the other at each table, or at whatever the keys are,
// within this process: changes that would only find that the table had moved
// wait instead.
type queue struct {
	mu      sync.Mutex
	waiting map[string]*post
}

// post is where those wait who want one table; the channel holds the right to go.
type post struct {
	users int
	free  chan struct{}
}

// enter waits for all keys and returns what leaves them again. Keys are taken
// in order, so that two that want the same never wait for each other.
func (q *queue) enter(ctx context.Context, keys ...string) (leave func(), err error) {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	var held []string
	leave = func() {
		for _, key := range slices.Backward(held) {
			q.leave(key, true)
		}
	}
	for _, key := range keys {
		t := q.join(key)
		select {
		case <-t.free:
			held = append(held, key)
		case <-ctx.Done():
			q.leave(key, false)
			leave()
			return nil, ctx.Err()
		}
	}
	return leave, nil
}

func (q *queue) join(key string) *post {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.waiting == nil {
		q.waiting = map[string]*post{}
	}
	t, found := q.waiting[key]
	if !found {
		t = &post{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		q.waiting[key] = t
	}
	t.users++
	return t
}

func (q *queue) leave(key string, held bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.waiting[key]
	if held {
		t.free <- struct{}{}
	}
	if t.users--; t.users == 0 {
		delete(q.waiting, key)
	}
}
