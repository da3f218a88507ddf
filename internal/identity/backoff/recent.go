package backoff

import "container/list"

// recent is a map that keeps what was put last, up to a number of entries.
type recent[K comparable, V any] struct {
	limit int
	order *list.List // of *entry[K, V], the latest first
	at    map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](limit int) *recent[K, V] {
	return &recent[K, V]{limit: limit, order: list.New(), at: map[K]*list.Element{}}
}

func (r *recent[K, V]) get(k K) (v V, found bool) {
	if e, ok := r.at[k]; ok {
		return e.Value.(*entry[K, V]).value, true
	}
	return v, false
}

func (r *recent[K, V]) put(k K, v V) {
	if e, ok := r.at[k]; ok {
		e.Value.(*entry[K, V]).value = v
		r.order.MoveToFront(e)
		return
	}
	r.at[k] = r.order.PushFront(&entry[K, V]{k, v})
	if r.order.Len() > r.limit {
		r.drop(r.order.Back().Value.(*entry[K, V]).key)
	}
}

func (r *recent[K, V]) drop(k K) {
	if e, ok := r.at[k]; ok {
		r.order.Remove(e)
		delete(r.at, k)
	}
}
