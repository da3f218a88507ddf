package explain

import (
	"strconv"
	"strings"
)

// The measures of the drawing, in pixels at full size.
const (
	boxHeight   = 44.0
	boxGap      = 14.0
	laneHeight  = 2.0 // of a long edge where it passes a layer
	layerGap    = 52.0
	blockGap    = 26.0 // between graphs that do not touch
	drawingEdge = 10.0
)

// layout is a drawing of a graph from left to right: parents stand in columns
// before their children, and edges that pass a column have a lane of their own
// through it, so that no edge runs under a box.
type layout struct {
	Width, Height float64
	Boxes         []box // one for each node, in the nodes' order
	Edges         []edge
}

type box struct {
	X, Y, Width float64
	Layer       int
}

type edge struct {
	From, To int
	Path     string // of an SVG path
}

// arrange draws the graph whose node i is widths[i] wide and has the given
// parents. Edges that would close a cycle are left out.
func arrange(widths []float64, parents [][]int) layout {
	n := newNet(parents)
	columns := n.columns(widths)
	drawing := layout{Boxes: make([]box, len(widths))}
	y := drawingEdge
	for _, block := range n.blocks() {
		layers := n.order(block)
		n.place(layers)
		low, high := n.extent(layers)
		for _, layer := range layers {
			for _, v := range layer {
				n.vertices[v].y += y - low
			}
		}
		y += high - low + blockGap
	}
	drawing.Height = y - blockGap + drawingEdge
	for i := range widths {
		v := n.vertices[i]
		c := columns[v.layer]
		drawing.Boxes[i] = box{X: c.x, Y: v.y - boxHeight/2, Width: c.width, Layer: v.layer}
		drawing.Width = max(drawing.Width, c.x+c.width+drawingEdge)
	}
	for _, path := range n.paths {
		drawing.Edges = append(drawing.Edges, n.edge(path, columns))
	}
	return drawing
}

type column struct{ x, width float64 }

// columns returns where each layer stands; boxes of one layer are equally wide.
func (n *net) columns(widths []float64) []column {
	var columns []column
	for i, w := range widths {
		layer := n.vertices[i].layer
		for len(columns) <= layer {
			columns = append(columns, column{})
		}
		columns[layer].width = max(columns[layer].width, w)
	}
	x := drawingEdge
	for i := range columns {
		columns[i].x = x
		x += columns[i].width + layerGap
	}
	return columns
}

// edge draws one edge: curves between the layers, straight through its lanes.
func (n *net) edge(path []int, columns []column) edge {
	first, last := path[0], path[len(path)-1]
	var b strings.Builder
	at := func(command string, figures ...float64) {
		b.WriteString(command)
		for i, f := range figures {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(pixels(f))
		}
	}
	from := n.vertices[first]
	x := columns[from.layer].x + columns[from.layer].width
	y := from.y
	at("M", x, y)
	for _, v := range path[1:] {
		to := n.vertices[v]
		c := columns[to.layer]
		bend := (c.x - x) / 2
		at("C", x+bend, y, c.x-bend, to.y, c.x, to.y)
		x, y = c.x, to.y
		if v != last {
			x += c.width
			at("H", x)
		}
	}
	return edge{From: first, To: last, Path: b.String()}
}

// pixels writes a coordinate with one decimal where it needs one.
func pixels(f float64) string {
	return trimZeros(strconv.FormatFloat(f, 'f', 1, 64))
}
