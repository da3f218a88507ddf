package lake

import (
	"container/list"
	"sync"
)

// How many metadata files, and schemas of data files, stay parsed, and of how
// many locations it is known that commits of ours set them.
const (
	cachedMetadata  = 512
	cachedShapes    = 4096
	cachedLocations = 4096
)

// cache keeps what was parsed of files by their locations, the most recently
// used. The files never change, so nothing in it can be stale.
type cache[V any] struct {
	mu      sync.Mutex
	size    int
	entries map[string]*list.Element
	recent  *list.List // most recently used first
}

type cacheEntry[V any] struct {
	location string
	value    V
}

func newCache[V any](size int) *cache[V] {
	return &cache[V]{size: size, entries: map[string]*list.Element{}, recent: list.New()}
}

func (c *cache[V]) get(location string) (v V, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries[location]
	if !found {
		return v, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(cacheEntry[V]).value, true
}

func (c *cache[V]) put(location string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, found := c.entries[location]; found {
		c.recent.MoveToFront(e)
		return
	}
	c.entries[location] = c.recent.PushFront(cacheEntry[V]{location, v})
	if c.recent.Len() > c.size {
		oldest := c.recent.Back()
		c.recent.Remove(oldest)
		delete(c.entries, oldest.Value.(cacheEntry[V]).location)
	}
}
