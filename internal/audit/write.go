package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// kind is what happened to a statement.
type kind string

const (
	submitted kind = "submitted"
	started   kind = "started"
	finished  kind = "finished"
	crashed   kind = "crashed"
	// brief is both at once: submitted and finished.
	brief kind = "brief"
)

// mostBehind is how many changes may wait to be written before no statement is
// taken that does not wait for it.
const mostBehind = 10_000

// again is how long the writer waits before it tries again what it could not
// write.
const again = 500 * time.Millisecond

// errClosed says that the log takes nothing any more, errBehind that it has too
// much to write.
var (
	errClosed = errors.New("the record of statements is closed")
	errBehind = errors.New("the record of statements is too far behind")
)

// change is something to be written.
type change struct {
	entry  *Entry
	kind   kind
	record *Record
	// done is told that it was written; nil is nobody.
	done chan<- error
}

// enqueue hands a change to the writer. What ends what is on record already is
// taken as long as there is a writer.
func (l *Log) enqueue(c *change) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errClosed
	}
	switch c.kind {
	case submitted:
		l.begin(c.record)
	case finished, brief:
		l.pending--
	}
	l.queue = append(l.queue, c)
	l.signal()
	return nil
}

// begin counts a statement and names it.
func (l *Log) begin(r *Record) {
	l.last++
	l.pending++
	r.ID = r.Submitted.Format("q20060102-150405-") + l.prefix + "-" + strconv.Itoa(l.last)
}

func (l *Log) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write writes what comes, all that has come in the meantime at once.
func (l *Log) write() {
	defer close(l.ended)
	retry := time.NewTimer(0)
	<-retry.C
	for {
		select {
		case <-l.wake:
		case <-retry.C:
		}
		batch, closed := l.take()
		if len(batch) > 0 {
			if err := l.put(batch); err != nil {
				l.back(batch, err)
				retry.Reset(again)
			}
		}
		if closed {
			return
		}
	}
}

func (l *Log) take() (batch []*change, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	batch, l.queue = l.queue, nil
	return batch, l.closed
}

// put writes a batch, all of it or nothing. It does not wait for the disk: a
// process that dies leaves what was written.
func (l *Log) put(batch []*change) error {
	ctx := context.Background() // what has begun to be written is written
	err := l.State.Note(ctx, func(tx metadb.Tx) error { return l.putIn(ctx, tx, batch) })
	if errors.Is(err, metadb.ErrFateUnknown) { // writing it twice is the same
		err = l.State.Note(ctx, func(tx metadb.Tx) error { return l.putIn(ctx, tx, batch) })
	}
	if err != nil {
		return err
	}
	for _, c := range batch {
		if c.done != nil {
			c.done <- nil
		}
	}
	return nil
}

func (l *Log) putIn(ctx context.Context, tx metadb.Tx, batch []*change) error {
	for _, c := range batch {
		if err := putRecord(ctx, tx, c); err != nil {
			return fmt.Errorf("record the statement %s: %w", c.record.ID, err)
		}
		if !l.telling || c.kind == started {
			continue
		}
		if c.kind != finished {
			if err := putEvent(ctx, tx, c.record.ID, submitted, c.record.Submitted); err != nil {
				return err
			}
		}
		if c.kind != submitted {
			if err := putEvent(ctx, tx, c.record.ID, finished, c.record.Finished); err != nil {
				return err
			}
		}
	}
	return nil
}

// back keeps what could not be written, but for statements that are yet to run:
// those do not.
func (l *Log) back(batch []*change, err error) {
	var kept []*change
	refused := 0
	for _, c := range batch {
		if c.done == nil {
			kept = append(kept, c)
			continue
		}
		refused++
		c.done <- err
	}
	l.Logger.Error("the record of statements cannot be written", "error", err.Error(), "refused", refused, "kept", len(kept))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending -= refused
	l.queue = append(kept, l.queue...)
}
