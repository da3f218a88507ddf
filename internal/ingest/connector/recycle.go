package connector

import (
	"math/bits"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// recycled is where the memory of batches and chunks goes when it is released,
// and comes from. What comes from it is not zeroed.
var recycled memory.Allocator = &recycler{}

// smallestClass is the power of two of the smallest buffers that are kept.
const smallestClass = 12

// recycler keeps buffers by the power of two of their capacity. What is never
// given back is the garbage collector's.
type recycler struct {
	classes [40]sync.Pool
}

// Allocate returns size bytes with arbitrary contents.
func (r *recycler) Allocate(size int) []byte {
	class := max(smallestClass, bits.Len(uint(max(size, 1)-1)))
	if class >= len(r.classes) {
		return make([]byte, size)
	}
	if kept, ok := r.classes[class].Get().(*[]byte); ok {
		return (*kept)[:size]
	}
	return make([]byte, size, 1<<class)
}

// Reallocate returns size bytes that start with b's.
func (r *recycler) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	bigger := r.Allocate(size)
	copy(bigger, b)
	r.Free(b)
	return bigger
}

// Free keeps b for a later Allocate.
func (r *recycler) Free(b []byte) {
	class := bits.Len(uint(cap(b))) - 1
	if class >= smallestClass && class < len(r.classes) && cap(b) == 1<<class {
		b = b[:0]
		r.classes[class].Put(&b)
	}
}
