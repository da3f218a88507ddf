package connector

import "io"

const (
	aheadChunk  = 256 << 10
	aheadChunks = 4
)

// ReadAhead reads from a source in a goroutine of its own, so that reading,
// checksum and decompression run beside the parser. Close ends it.
type ReadAhead struct {
	full, free chan []byte
	stop, done chan struct{}
	// rest is what is left of chunk, which goes back to free when used up.
	rest, chunk []byte
	// err is set before full is closed.
	err error
}

// NewReadAhead starts reading. The source must not be used before Close.
func NewReadAhead(source io.Reader) *ReadAhead {
	r := &ReadAhead{
		full: make(chan []byte, aheadChunks),
		free: make(chan []byte, aheadChunks),
		stop: make(chan struct{}),
		done: make(chan struct{}),
	}
	for range aheadChunks {
		r.free <- nil // made when first used
	}
	go r.run(source)
	return r
}

func (r *ReadAhead) run(source io.Reader) {
	defer close(r.done)
	defer close(r.full)
	for {
		var chunk []byte
		select {
		case <-r.stop:
			return
		case chunk = <-r.free:
		}
		if chunk == nil {
			chunk = recycled.Allocate(aheadChunk)
		}
		n, err := fillChunk(source, chunk)
		// There are no more chunks than full has room for.
		r.full <- chunk[:n]
		if err != nil {
			r.err = err
			return
		}
	}
}

// fillChunk reads until chunk is full, so that small reads of a decompressor
// do not become small chunks.
func fillChunk(source io.Reader, chunk []byte) (n int, err error) {
	for n < len(chunk) && err == nil {
		var k int
		k, err = source.Read(chunk[n:])
		n += k
	}
	return n, err
}

// Read copies what was read ahead.
func (r *ReadAhead) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.chunk != nil {
			r.free <- r.chunk[:aheadChunk]
			r.chunk = nil
		}
		chunk, ok := <-r.full
		if !ok {
			return 0, r.err
		}
		r.chunk, r.rest = chunk, chunk
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close stops reading and waits for the goroutine; the source is free then.
func (r *ReadAhead) Close() {
	close(r.stop)
	<-r.done
	recycle := func(chunk []byte) {
		if chunk != nil {
			recycled.Free(chunk[:aheadChunk])
		}
	}
	recycle(r.chunk)
	r.chunk, r.rest = nil, nil
	for chunk := range r.full {
		recycle(chunk)
	}
	for range len(r.free) {
		recycle(<-r.free)
	}
}
