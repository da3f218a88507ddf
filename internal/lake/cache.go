package lake

import (
	"container/list"
	"sync"
)

// cachedMetadata is how many metadata files stay parsed.
const cachedMetadata = 512

// metadataCache keeps parsed metadata by location. Metadata files never change,
// so nothing in it can be stale.
type metadataCache struct {
	mu      sync.Mutex
	size    int
	entries map[string]*list.Element
	recent  *list.List // most recently used first
}

type cacheEntry struct {
	location string
	table    *Table
}

func newMetadataCache(size int) *metadataCache {
	return &metadataCache{size: size, entries: map[string]*list.Element{}, recent: list.New()}
}

func (c *metadataCache) get(location string) (*Table, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries[location]
	if !found {
		return nil, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(cacheEntry).table, true
}

func (c *metadataCache) put(location string, t *Table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, found := c.entries[location]; found {
		c.recent.MoveToFront(e)
		return
	}
	c.entries[location] = c.recent.PushFront(cacheEntry{location, t})
	if c.recent.Len() > c.size {
		oldest := c.recent.Back()
		c.recent.Remove(oldest)
		delete(c.entries, oldest.Value.(cacheEntry).location)
	}
}
