package gate

import "sync"

// recent keeps values by text: those that were asked for lately, and as many of
// before. A nil one knows nothing, and keeps nothing.
type recent[V any] struct {
	most        int
	mu          sync.Mutex
	young, aged map[string]V
}

func newRecent[V any](most int) *recent[V] { return &recent[V]{most: most, young: map[string]V{}} }

// get returns the value of key, if it is known.
func (c *recent[V]) get(key string) (v V, known bool) {
	if c == nil {
		return v, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, known = c.young[key]; known {
		return v, true
	}
	if v, known = c.aged[key]; known {
		c.keep(key, v)
	}
	return v, known
}

func (c *recent[V]) put(key string, v V) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, v)
}

func (c *recent[V]) keep(key string, v V) {
	if len(c.young) >= c.most {
		c.aged, c.young = c.young, map[string]V{}
	}
	c.young[key] = v
}
