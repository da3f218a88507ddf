package explain

import "slices"

// sweeps is how often the layers are reordered; crossings rarely fall after a
// dozen.
const sweeps = 24

// order puts the vertices of a block into layers, each in the order from top to
// bottom with the fewest crossings that sweeping finds: every vertex moves to
// the mean position of its neighbours, downwards and upwards in turn.
func (n *net) order(block []int) [][]int {
	layers := n.firstOrder(block)
	best, fewest := cloneLayers(layers), n.crossings(layers)
	for sweep := 0; sweep < sweeps && fewest > 0; sweep++ {
		if sweep%2 == 0 {
			for i := 1; i < len(layers); i++ {
				n.sortByNeighbours(layers[i], layers[i-1], true)
			}
		} else {
			for i := len(layers) - 2; i >= 0; i-- {
				n.sortByNeighbours(layers[i], layers[i+1], false)
			}
		}
		if c := n.crossings(layers); c < fewest {
			best, fewest = cloneLayers(layers), c
		}
	}
	return best
}

// firstOrder walks the block in depth, so that what hangs together starts close
// together.
func (n *net) firstOrder(block []int) [][]int {
	lowest, highest := n.vertices[block[0]].layer, 0
	for _, v := range block {
		lowest, highest = min(lowest, n.vertices[v].layer), max(highest, n.vertices[v].layer)
	}
	layers := make([][]int, highest-lowest+1)
	seen := map[int]bool{}
	var visit func(int)
	visit = func(v int) {
		if seen[v] {
			return
		}
		seen[v] = true
		i := n.vertices[v].layer - lowest
		layers[i] = append(layers[i], v)
		for _, w := range n.vertices[v].down {
			visit(w)
		}
	}
	for _, v := range block {
		if len(n.vertices[v].up) == 0 {
			visit(v)
		}
	}
	return layers
}

func (n *net) sortByNeighbours(layer, beside []int, upwards bool) {
	position := positions(beside)
	mean := make(map[int]float64, len(layer))
	for i, v := range layer {
		neighbours := n.vertices[v].down
		if upwards {
			neighbours = n.vertices[v].up
		}
		sum, count := 0.0, 0
		for _, w := range neighbours {
			sum += float64(position[w])
			count++
		}
		if count == 0 {
			// Without a neighbour it stays about where it is.
			sum, count = float64(i)*float64(len(beside))/float64(len(layer)), 1
		}
		mean[v] = sum / float64(count)
	}
	slices.SortStableFunc(layer, func(a, b int) int {
		switch {
		case mean[a] < mean[b]:
			return -1
		case mean[a] > mean[b]:
			return 1
		default:
			return 0
		}
	})
}

// crossings counts the pairs of edges that cross between neighbouring layers.
func (n *net) crossings(layers [][]int) int {
	total := 0
	for i := 1; i < len(layers); i++ {
		position := positions(layers[i])
		var ends []int // lower ends, in the order of the upper ones
		for _, v := range layers[i-1] {
			from := len(ends)
			for _, w := range n.vertices[v].down {
				ends = append(ends, position[w])
			}
			slices.Sort(ends[from:])
		}
		total += inversions(ends, len(layers[i]))
	}
	return total
}

// inversions counts the pairs that stand in the wrong order, by a Fenwick tree.
func inversions(values []int, limit int) int {
	tree := make([]int, limit+1)
	total := 0
	for seen, v := range values {
		notAbove := 0
		for i := v + 1; i > 0; i -= i & -i {
			notAbove += tree[i]
		}
		total += seen - notAbove
		for i := v + 1; i <= limit; i += i & -i {
			tree[i]++
		}
	}
	return total
}

func positions(layer []int) map[int]int {
	position := make(map[int]int, len(layer))
	for i, v := range layer {
		position[v] = i
	}
	return position
}

func cloneLayers(layers [][]int) [][]int {
	out := make([][]int, len(layers))
	for i, l := range layers {
		out[i] = slices.Clone(l)
	}
	return out
}
