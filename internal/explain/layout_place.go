package explain

import "math"

// rounds is how often heights are evened out; they settle well before.
const rounds = 16

// place gives the vertices their heights: each as near to the mean of its
// neighbours as the order of its layer and the room for the boxes allow.
func (n *net) place(layers [][]int) {
	for _, layer := range layers {
		y := 0.0
		for i, v := range layer {
			if i > 0 {
				y += n.distance(layer[i-1], v)
			}
			n.vertices[v].y = y
		}
	}
	for round := range rounds {
		up, down := true, round == rounds-1 // the last round heeds both sides
		if round%2 == 1 && !down {
			up, down = false, true
		}
		for i := range layers {
			layer := layers[i]
			if !up {
				layer = layers[len(layers)-1-i]
			}
			n.settle(layer, up, down)
		}
	}
}

// settle moves one layer, the others standing still.
func (n *net) settle(layer []int, up, down bool) {
	wanted := make([]float64, len(layer))
	weight := make([]float64, len(layer))
	offset := 0.0
	offsets := make([]float64, len(layer))
	for i, v := range layer {
		if i > 0 {
			offset += n.distance(layer[i-1], v)
		}
		offsets[i] = offset
		y, w := n.pull(v, up, down)
		wanted[i], weight[i] = y-offset, w
	}
	for i, y := range monotone(wanted, weight) {
		n.vertices[layer[i]].y = y + offsets[i]
	}
}

// pull returns the height to which the neighbours draw v, and how strongly.
func (n *net) pull(v int, up, down bool) (y, weight float64) {
	var neighbours []int
	if up {
		neighbours = append(neighbours, n.vertices[v].up...)
	}
	if down {
		neighbours = append(neighbours, n.vertices[v].down...)
	}
	sum := 0.0
	for _, w := range neighbours {
		strength := 1.0
		if v >= n.nodes && w >= n.nodes {
			strength = 8 // a lane wants to be straight
		}
		sum += strength * n.vertices[w].y
		weight += strength
	}
	if weight == 0 {
		return n.vertices[v].y, 0.1
	}
	return sum / weight, weight
}

// monotone returns the rising sequence that is nearest to values by weighted
// least squares (pool adjacent violators).
func monotone(values, weights []float64) []float64 {
	type pool struct {
		mean, weight float64
		size         int
	}
	var pools []pool
	for i, v := range values {
		pools = append(pools, pool{v, weights[i], 1})
		for len(pools) > 1 {
			a, b := pools[len(pools)-2], pools[len(pools)-1]
			if a.mean <= b.mean {
				break
			}
			w := a.weight + b.weight
			joined := pool{(a.mean*a.weight + b.mean*b.weight) / w, w, a.size + b.size}
			pools = append(pools[:len(pools)-2], joined)
		}
	}
	out := make([]float64, 0, len(values))
	for _, p := range pools {
		for range p.size {
			out = append(out, p.mean)
		}
	}
	return out
}

// distance is how far apart the middles of two neighbours in a layer must be.
func (n *net) distance(a, b int) float64 {
	return (n.size(a)+n.size(b))/2 + boxGap
}

func (n *net) size(v int) float64 {
	if v < n.nodes {
		return boxHeight
	}
	return laneHeight
}

func (n *net) extent(layers [][]int) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, layer := range layers {
		for _, v := range layer {
			half := n.size(v) / 2
			low, high = min(low, n.vertices[v].y-half), max(high, n.vertices[v].y+half)
		}
	}
	return low, high
}
