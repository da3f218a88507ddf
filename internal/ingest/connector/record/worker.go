package record

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// worker loads parts of an input. It is the sink of its loader.
type worker struct {
	lines  *lines
	loader *loader
	stop   <-chan struct{}
	// out is where what the part at hand holds goes.
	out chan<- found
}

// worker returns one more reader of the lines of an input that l loads.
func (d *detail) worker(in connector.Input, f file, l *loader, stop <-chan struct{}) (*worker, error) {
	names := NewNames()
	parser, err := d.open(in, f, strings.NewReader(""), names)
	if err != nil {
		return nil, err
	}
	w := &worker{stop: stop}
	var ok bool
	if w.lines, ok = parser.(*lines); !ok {
		return nil, fmt.Errorf("read %s: its lines turned out to be none", in.Name)
	}
	w.loader = newLoader(l.layout, d, f.encoding, names, w)
	return w, nil
}

// run loads parts until there are none, it is told to stop or a value makes a
// column wider.
func (w *worker) run(parts <-chan *part) {
	defer w.lines.Close()
	defer w.loader.batch.Close()
	for p := range parts {
		select {
		case <-w.stop:
			return
		default:
		}
		w.out = p.out
		p.err = w.load(p)
		p.counts, w.loader.counts = w.loader.counts, connector.Counts{}
		close(p.out)
		if p.stopped || p.err != nil {
			return
		}
	}
}

// load loads a part.
func (w *worker) load(p *part) error {
	w.lines.take(p.Chunk)
	var rec Record
	for {
		p.at, p.line = w.lines.pos, w.lines.line
		switch err := w.lines.Next(&rec); {
		case err == io.EOF: //nolint:errorlint // a wrapped one is a failure to read
			return w.loader.batch.Flush()
		case err != nil:
			return err
		}
		err := w.loader.load(&rec)
		if p.stopped = w.loader.widen != nil; p.stopped {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Rows sends a batch to where the crew takes it.
func (w *worker) Rows(b arrow.RecordBatch) error {
	b.Retain()
	if err := w.send(found{rows: b}); err != nil {
		b.Release()
		return err
	}
	return nil
}

// Reject sends a reject, with bytes of its own.
func (w *worker) Reject(r connector.Reject) error {
	r.Raw = bytes.Clone(r.Raw)
	return w.send(found{reject: r})
}

func (w *worker) send(f found) error {
	select {
	case w.out <- f:
		return nil
	case <-w.stop:
		return errStopped
	}
}
