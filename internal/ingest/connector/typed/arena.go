package typed

// Arena is where the items of nested values are kept while one record is
// looked at.
type Arena struct {
	block []Value
	used  int
}

// firstBlock is how many values an arena has room for first.
const firstBlock = 256

// Take returns room for n values, until Reset. What is there is arbitrary.
func (a *Arena) Take(n int) []Value {
	if a.used+n > len(a.block) {
		a.block = make([]Value, max(firstBlock, 2*len(a.block), n))
		a.used = 0
	}
	items := a.block[a.used : a.used+n : a.used+n]
	a.used += n
	return items
}

// Reset says that what was taken is not looked at any more.
func (a *Arena) Reset() { a.used = 0 }
