package connector

import "io"

const (
	// Padding is how many bytes behind [Window.Bytes] may be read (not used),
	// so that words can be loaded without looking for the end.
	Padding = 16

	windowSize = 512<<10 - Padding
)

// Window is the part of a text that is being looked at; it moves forward and
// grows where its reader needs to see more at once.
type Window struct {
	source io.Reader
	buf    []byte
	lo, hi int
	eof    bool
}

// NewWindow returns an empty window at the start of source.
func NewWindow(source io.Reader) *Window {
	return &Window{source: source, buf: recycled.Allocate(windowSize + Padding)}
}

// Close gives the memory back.
func (w *Window) Close() {
	recycled.Free(w.buf)
	*w = Window{eof: true}
}

// Bytes are what is in view; valid until the next call of More.
func (w *Window) Bytes() []byte { return w.buf[w.lo:w.hi:min(w.hi+Padding, len(w.buf))] }

// EOF reports that nothing follows behind Bytes.
func (w *Window) EOF() bool { return w.eof }

// Advance moves the start of the window forward.
func (w *Window) Advance(n int) { w.lo += n }

// More brings more bytes into view and reports whether there were any. Where
// the window is more than half full it grows, so that looking at a long record
// again and again stays linear.
func (w *Window) More() (bool, error) {
	if w.eof {
		return false, nil
	}
	unread := w.hi - w.lo
	room := len(w.buf) - Padding
	long := unread > room/2
	if long {
		bigger := recycled.Allocate(2*room + 2*Padding)
		copy(bigger, w.buf[w.lo:w.hi])
		recycled.Free(w.buf)
		w.buf = bigger
	} else {
		copy(w.buf, w.buf[w.lo:w.hi])
	}
	w.lo, w.hi = 0, unread
	for limit := len(w.buf) - Padding; w.hi < limit; {
		n, err := w.source.Read(w.buf[w.hi:limit])
		w.hi += n
		switch {
		case err == io.EOF:
			w.eof = true
			return w.hi > unread, nil
		case err != nil:
			return false, err
		case n > 0 && !long:
			return true, nil
		}
	}
	return true, nil
}

// Terminate puts end behind the last bytes of the text, where they lack it, so
// that every line has an end. It reports whether it did.
func (w *Window) Terminate(end byte) bool {
	if !w.eof || w.lo == w.hi || w.buf[w.hi-1] == end {
		return false
	}
	if w.hi+1+Padding > len(w.buf) {
		w.buf = recycled.Reallocate(2*len(w.buf), w.buf)
	}
	w.buf[w.hi] = end
	w.hi++
	return true
}
