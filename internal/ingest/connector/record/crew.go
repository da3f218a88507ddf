package record

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// crewing is how inputs are divided: how much text a worker gets at once, and
// how many workers an input gets, 0 for those that processors are left for.
type crewing struct{ chunk, workers int }

// defaultChunk is how much text a worker gets at once.
const defaultChunk = 2 << 20

// crew reads the lines of one input in several goroutines. The text is cut into
// parts, each is loaded by itself, and what that gives goes to the sink in the
// order of the lines. What a part gives does not depend on those before it, but
// for values that make columns wider: there, the crew stops.
type crew struct {
	workers int
	chunks  *connector.Chunks
	// work has room for all of queue: the parts that are not delivered yet.
	work  chan *part
	queue []*part
	// ended says that there are no more chunks, for a reason.
	ended  bool
	reason error
	// cut says that the last line has no end.
	cut   bool
	stop  chan struct{}
	group sync.WaitGroup
}

// part is a chunk on its way.
type part struct {
	connector.Chunk
	// out has what the part holds, in order; it is closed at the end. The fields
	// behind it may be read then.
	out    chan found
	counts connector.Counts
	err    error
	// stopped says that a value is not as wide as its column; the line that has it
	// and the byte where that starts.
	stopped bool
	line    int64
	at      int
}

// found are rows or a reject.
type found struct {
	rows   arrow.RecordBatch
	reject connector.Reject
}

// waiting is how much of what a part holds waits for the parts before it.
const waiting = 64

var errStopped = errors.New("the crew has stopped")

// together reads what p would, in several goroutines, and leaves to p what is
// to be read by one: nothing, or what is behind a line that is too long or has a
// value that makes a column wider. Small inputs are left as they are.
func (d *detail) together(ctx context.Context, p *lines, in connector.Input, f file, l *loader) error {
	if in.Size >= 0 && in.Size-in.StartOffset < int64(d.crewing.chunk) && f.compression == connector.Uncompressed {
		return nil
	}
	c := &crew{workers: d.hire()}
	if c.workers == 0 {
		return nil
	}
	defer dismiss(c.workers)
	c.chunks = connector.NewChunks(p.source, d.crewing.chunk, p.line)
	c.work, c.stop = make(chan *part, c.workers+2), make(chan struct{})
	defer c.end()
	in.StartLine = p.line
	for range c.workers {
		w, err := d.worker(in, f, l, c.stop)
		if err != nil {
			return err
		}
		c.group.Go(func() { w.run(c.work) })
	}
	return c.all(ctx, p, l)
}

// hired is how many workers the process has.
var hired atomic.Int64

// hire returns how many workers an input gets: those that processors are left
// for, and 0 where one goroutine does as well.
func (d *detail) hire() int {
	if d.crewing.workers > 0 {
		hired.Add(int64(d.crewing.workers))
		return d.crewing.workers
	}
	for {
		have := hired.Load()
		n := int64(runtime.GOMAXPROCS(0)) - have
		if n < 2 {
			return 0
		}
		if hired.CompareAndSwap(have, have+n) {
			return int(n)
		}
	}
}

func dismiss(workers int) { hired.Add(-int64(workers)) }

// all delivers every part.
func (c *crew) all(ctx context.Context, p *lines, l *loader) error {
	for {
		c.fill()
		if len(c.queue) == 0 {
			break
		}
		next := c.queue[0]
		if err := c.deliver(ctx, next, l); err != nil {
			return err
		}
		if next.stopped {
			c.leave(p, next)
			return nil
		}
		next.Free()
		c.queue = c.queue[1:]
	}
	p.line, p.cutAtEnd, p.source = c.chunks.Line(), c.cut, c.chunks.Rest()
	if errors.Is(c.reason, connector.ErrLongLine) {
		return nil
	}
	return c.reason
}

// fill gives the workers what they have room for.
func (c *crew) fill() {
	for !c.ended && len(c.queue) < cap(c.work) {
		chunk, err := c.chunks.Next()
		if err != nil {
			if c.ended = true; err != io.EOF { //nolint:errorlint // a wrapped one is a failure to read
				c.reason = err
			}
			return
		}
		c.cut = chunk.Cut
		next := &part{Chunk: chunk, out: make(chan found, waiting)}
		c.queue = append(c.queue, next)
		c.work <- next
	}
}

// deliver hands what a part holds to the sink.
func (c *crew) deliver(ctx context.Context, p *part, l *loader) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f, more := <-p.out:
			if !more {
				l.counts.Written += p.counts.Written
				l.counts.Rejected += p.counts.Rejected
				return p.err
			}
			if err := f.deliver(l.sink); err != nil {
				return err
			}
		}
	}
}

func (f found) deliver(sink connector.Sink) error {
	if f.rows == nil {
		return sink.Reject(f.reject)
	}
	defer f.rows.Release()
	return sink.Rows(f.rows)
}

// leave leaves what is behind the line that stopped a part to p.
func (c *crew) leave(p *lines, stopped *part) {
	texts := []io.Reader{bytes.NewReader(stopped.Unread(stopped.at))}
	for _, next := range c.queue[1:] {
		texts = append(texts, bytes.NewReader(next.Unread(0)))
	}
	p.source, p.line = io.MultiReader(append(texts, c.chunks.Rest())...), stopped.line
}

// end stops the workers and gives back what was not delivered.
func (c *crew) end() {
	close(c.stop)
	close(c.work)
	c.group.Wait()
	for _, next := range c.queue {
		for len(next.out) > 0 {
			if f := <-next.out; f.rows != nil {
				f.rows.Release()
			}
		}
	}
}
