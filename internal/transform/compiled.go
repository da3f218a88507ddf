package transform

import "sync"

// compiled keeps the SQL of what was compiled.
type compiled struct {
	mu   sync.Mutex
	text map[string]string
}

func (c *compiled) keep(id, sql string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.text == nil {
		c.text = map[string]string{}
	}
	c.text[id] = sql
}

// CompiledBatch stands between the ID of a resource and the label of a batch.
const CompiledBatch = "@"

// Compiled returns the SQL of every resource that was compiled, by ID, and of
// every batch.
func (t *Transformer) Compiled() map[string]string {
	t.compiled.mu.Lock()
	defer t.compiled.mu.Unlock()
	out := make(map[string]string, len(t.compiled.text))
	for id, sql := range t.compiled.text {
		out[id] = sql
	}
	return out
}
