package python

// Range is what range() makes.
type Range struct{ Start, Stop, Step int64 }

// Len returns how many numbers there are.
func (r Range) Len() int {
	switch {
	case r.Step > 0 && r.Stop > r.Start:
		return int((r.Stop-r.Start-1)/r.Step + 1)
	case r.Step < 0 && r.Stop < r.Start:
		return int((r.Start-r.Stop-1)/-r.Step + 1)
	}
	return 0
}

func (r Range) item(i int) any { return r.Start + int64(i)*r.Step }

// viewKind tells what a dict view shows.
type viewKind string

const (
	viewKeys   viewKind = "keys"
	viewValues viewKind = "values"
	viewItems  viewKind = "items"
)

// View is what dict.keys(), values() and items() return: it follows its dict.
type View struct {
	kind viewKind
	of   *Dict
}

func (v View) item(i int) any {
	switch v.kind {
	case viewKeys:
		return v.of.keys[i]
	case viewValues:
		return v.of.values[i]
	default:
		return Tuple{v.of.keys[i], v.of.values[i]}
	}
}
