package explain

import "slices"

// net is the graph while it is being laid out. The first vertices are the
// nodes; the others are lanes of edges that span several layers.
type net struct {
	nodes    int
	vertices []vertex
	paths    [][]int // each edge as the vertices that it runs through
}

type vertex struct {
	layer    int
	y        float64
	up, down []int // neighbours in the layer before and after
}

func newNet(parents [][]int) *net {
	n := &net{nodes: len(parents), vertices: make([]vertex, len(parents))}
	parents = withoutCycles(parents)
	for i, layer := range layersOf(parents) {
		n.vertices[i].layer = layer
	}
	for child, ps := range parents {
		for _, parent := range ps {
			n.connect(parent, child)
		}
	}
	return n
}

// connect adds an edge with a lane in each layer between its ends.
func (n *net) connect(parent, child int) {
	path := []int{parent}
	for layer := n.vertices[parent].layer + 1; layer < n.vertices[child].layer; layer++ {
		path = append(path, len(n.vertices))
		n.vertices = append(n.vertices, vertex{layer: layer})
	}
	path = append(path, child)
	for i := 1; i < len(path); i++ {
		a, b := path[i-1], path[i]
		n.vertices[a].down = append(n.vertices[a].down, b)
		n.vertices[b].up = append(n.vertices[b].up, a)
	}
	n.paths = append(n.paths, path)
}

// withoutCycles drops the edges that lead back to where a walk came from, to a
// node itself, or twice to the same node.
func withoutCycles(parents [][]int) [][]int {
	const unseen, open, done = 0, 1, 2
	state := make([]int, len(parents))
	kept := make([][]int, len(parents))
	var visit func(int)
	visit = func(i int) {
		state[i] = open
		for _, p := range parents[i] {
			if state[p] == unseen {
				visit(p)
			}
			if state[p] == done && !slices.Contains(kept[i], p) {
				kept[i] = append(kept[i], p)
			}
		}
		state[i] = done
	}
	for i := range parents {
		if state[i] == unseen {
			visit(i)
		}
	}
	return kept
}

// layersOf gives each node the length of the longest path to it; a node without
// parents moves up to its first child, which keeps its edges short.
func layersOf(parents [][]int) []int {
	layers := make([]int, len(parents))
	known := make([]bool, len(parents))
	var layer func(int) int
	layer = func(i int) int {
		if !known[i] {
			known[i] = true
			for _, p := range parents[i] {
				layers[i] = max(layers[i], layer(p)+1)
			}
		}
		return layers[i]
	}
	first := make([]int, len(parents)) // layer of the first child; 0 is none
	for i := range parents {
		layer(i)
	}
	for i, ps := range parents {
		for _, p := range ps {
			if first[p] == 0 || layers[i] < first[p] {
				first[p] = layers[i]
			}
		}
	}
	for i, ps := range parents {
		if len(ps) == 0 && first[i] > 0 {
			layers[i] = first[i] - 1
		}
	}
	return layers
}

// blocks returns the vertices that hang together, block by block, in the order
// of their first node.
func (n *net) blocks() [][]int {
	seen := make([]bool, len(n.vertices))
	var blocks [][]int
	for i := range n.nodes {
		if seen[i] {
			continue
		}
		var block []int
		seen[i] = true
		for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
			v := queue[0]
			block = append(block, v)
			for _, w := range slices.Concat(n.vertices[v].down, n.vertices[v].up) {
				if !seen[w] {
					seen[w] = true
					queue = append(queue, w)
				}
			}
		}
		blocks = append(blocks, block)
	}
	// Large graphs first; what stands alone comes last.
	slices.SortStableFunc(blocks, func(a, b []int) int { return len(b) - len(a) })
	return blocks
}
