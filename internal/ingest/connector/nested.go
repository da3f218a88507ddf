package connector

// Child is the field of a struct at index i.
func (v *Vector) Child(i int) *Vector { return v.children[i] }

// Elem are the elements of all lists of a List column, one behind the other.
func (v *Vector) Elem() *Vector { return v.children[0] }

// Entries are the entries of all maps of a Map column, a struct whose Child 0
// is the key, which is never NULL, and Child 1 the value.
func (v *Vector) Entries() *Vector { return v.children[0] }

// Extend adds a row to the elements of a list, or to the entries of a map, and
// returns its number. It has no value yet: set it.
func (v *Vector) Extend() int {
	if v.next == v.rows {
		v.grow(max(2*v.rows, firstRows))
	}
	v.next++
	return v.next - 1
}

// Len is how many rows Extend has added.
func (v *Vector) Len() int { return v.next }

// SetList ends the list or map of a row with the last element that was added;
// rows come in order.
func (v *Vector) SetList(row int) { v.ends[row+1] = int32(v.children[0].next) }
