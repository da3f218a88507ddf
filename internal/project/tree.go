package project

import (
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// configTree is one of the trees of dbt_project.yml (models:, seeds:, …): keys
// with a plus are settings, the others lead to packages, folders and resources.
type configTree struct {
	key  string // as in the file
	node *yamldoc.Node
	file *file
	// levels holds the settings of each level of the tree, read once.
	levels map[*yamldoc.Node]layer
	mu     sync.Mutex
	used   map[*yamldoc.Node]bool
}

func (t *configTree) use(n *yamldoc.Node) {
	t.mu.Lock()
	t.used[n] = true
	t.mu.Unlock()
}

func newConfigTree(f *file, key string, n *yamldoc.Node) *configTree {
	t := &configTree{key: key, node: n, file: f, levels: map[*yamldoc.Node]layer{}, used: map[*yamldoc.Node]bool{}}
	t.read(n)
	return t
}

// read finds the settings of a level and of those below it.
func (t *configTree) read(n *yamldoc.Node) {
	if n == nil || n.Kind != yamldoc.Mapping {
		return
	}
	level := layer{}
	for _, field := range n.Fields() {
		plus := strings.HasPrefix(field.Key, "+")
		switch {
		case plus || field.Value.Kind != yamldoc.Mapping:
			level[normal(strings.TrimPrefix(field.Key, "+"))] = t.file.setting(field)
		default:
			t.read(field.Value)
		}
	}
	t.levels[n] = level
}

// layers returns the settings for the resource with the given name, the
// outermost first.
func (t *configTree) layers(fqn []string) []layer {
	if t == nil || t.node == nil || t.node.Kind != yamldoc.Mapping {
		return nil
	}
	out := []layer{t.levels[t.node]}
	n := t.node
	for _, part := range fqn {
		n = n.Get(part)
		if n == nil || n.Kind != yamldoc.Mapping {
			break
		}
		t.use(n)
		out = append(out, t.levels[n])
	}
	return out
}

// reportUnused warns of branches that lead to no resource.
func (t *configTree) reportUnused(names []string) {
	if t == nil || t.node == nil {
		return
	}
	t.unused(t.node, t.key, names)
}

func (t *configTree) unused(n *yamldoc.Node, path string, names []string) {
	for _, field := range n.Fields() {
		if strings.HasPrefix(field.Key, "+") || field.Value.Kind != yamldoc.Mapping {
			continue
		}
		if t.used[field.Value] {
			t.unused(field.Value, path+"."+field.Key, names)
			continue
		}
		p := t.file.problems.Warnf("unused-config", field.Place, "the settings under `%s.%s` apply to nothing", path, field.Key)
		if near := ident.Near(field.Key, names); len(near) > 0 {
			p.WithHint("did you mean `%s`?", near[0])
		} else if isConfigKey(normal(field.Key)) {
			p.WithHint("write `+%s` for a setting", field.Key)
		}
	}
}
