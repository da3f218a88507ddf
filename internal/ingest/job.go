package ingest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/write"
)

// job is one load of one table.
type job struct {
	in      *Ingester
	request Request
	format  connector.Format
	def     *project.Ingest
	table   ident.Table
	started time.Time
	// meta: rows carry file, line and load (raw tables do, seeds do not).
	meta bool

	base, quarantineBase *lake.Table
	known                map[string]fileState
	clear                bool
	// anew: all files are read again though the table stays, because what is in
	// none of them is to go.
	anew bool
	// outcome is what became of rows that met those of the table; nil where
	// they are written as they come.
	outcome *write.Outcome

	plans  []planned
	toRead []*planned
	layout *connector.Layout
	// unknown are the columns of the layout that the contract keeps out.
	unknown []int
	// limits bound what compressed files may become.
	limits connector.Limits
	// supply is what is read where it is no files, replay where it is
	// quarantined records.
	supply *supply
	replay *replaying
	// widened is how often the layout turned out to be too narrow.
	widened int
	// wider is what it turned out to lack, each time.
	wider []*connector.WidenError

	id        string
	bytesDone atomic.Int64
	filesDone atomic.Int64
	rowsDone  atomic.Int64

	mu     sync.Mutex
	states map[string]fileState
}

// newLoadID returns an id that sorts by time.
func newLoadID(at time.Time) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return "l" + at.Format("20060102-150405-") + hex.EncodeToString(b[:])
}

// run reads every planned file once, with the layout as it is.
func (j *job) run(ctx context.Context) (*Load, error) {
	if err := j.settle(ctx); err != nil {
		return nil, err
	}
	if err := j.checkMode(); err != nil {
		return nil, err
	}
	j.id = newLoadID(j.started)
	j.states = map[string]fileState{}
	j.bytesDone.Store(0)
	j.filesDone.Store(0)
	j.rowsDone.Store(0)

	stages := &stages{j: j}
	group, gctx := errgroup.WithContext(ctx)
	rows := newStream(gctx, j.rowSchema(), 2*j.in.threads)
	q := newQuarantine(gctx, j, stages, group)
	var table *lake.Candidate
	keys := j.supply.keyStream(gctx)
	group.Go(func() (err error) {
		table, err = j.writeTable(gctx, stages, rows, keys)
		return err
	})
	var readErr error
	group.Go(func() error {
		readErr = j.readAll(gctx, rows, q)
		if readErr == nil {
			readErr = q.rejects.flush()
		}
		rows.close(readErr)
		q.close(readErr)
		if readErr == nil && keys != nil {
			readErr = j.supply.readKeys(gctx, keys)
			keys.close(readErr)
		}
		return readErr
	})
	err := group.Wait()
	rows.Release()
	if keys != nil {
		keys.Release()
	}
	q.rejects.release()
	if readErr != nil && !errors.Is(readErr, context.Canceled) {
		// What reading met explains the errors that it caused elsewhere.
		err = readErr
	}
	if err != nil {
		return nil, errors.Join(err, stages.drop(context.WithoutCancel(ctx)))
	}
	return j.finish(ctx, stages, table, q)
}

// readAll reads the files, or the parts of the sources, several at once.
func (j *job) readAll(ctx context.Context, rows *stream, q *quarantine) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(j.in.threads)
	if j.supply != nil {
		j.supply.readAll(ctx, group, rows, q)
		return group.Wait()
	}
	if j.replay != nil {
		j.replay.readAll(ctx, group, rows, q)
		return group.Wait()
	}
	for _, p := range j.toRead {
		group.Go(func() error { return j.read(ctx, p, rows, q) })
	}
	return group.Wait()
}

// read reads one file.
func (j *job) read(ctx context.Context, p *planned, rows *stream, q *quarantine) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sink := &fileSink{j: j, file: p.Name, rows: rows, q: q, schema: rows.schema, skipped: map[string]int64{}}
	counts, err := j.format.Read(ctx, j.input(p, &j.bytesDone), j.layout, sink)
	if p.do == tail && errors.Is(err, connector.ErrContinued) {
		return &changedError{file: p.Name}
	}
	if err != nil {
		return err
	}
	counts = sink.moved(counts)
	if p.do == tail && hex.EncodeToString(counts.PrefixSHA256[:]) != p.before.sha256 {
		return &changedError{file: p.Name}
	}
	s := fileState{
		path: p.Name, size: counts.Bytes, modifiedNS: modifiedNS(p.File), version: p.Version,
		sha256: hex.EncodeToString(counts.SHA256[:]), lines: counts.Lines, canGrow: counts.EndsClean,
		records: counts.Records, written: counts.Written - sink.skipped[SkippedUnknownColumn],
		rejected: counts.Rejected - sink.skipped[SkippedUnfitType], skipped: sink.skipped,
		loadID: j.id, loadedAt: j.started,
	}
	if s.context, s.hasContext, err = j.contextOf(p.Name); err != nil {
		return err
	}
	j.mu.Lock()
	j.states[p.Name] = s
	j.mu.Unlock()
	j.filesDone.Add(1)
	j.report()
	return nil
}

// modifiedNS is when a file changed, as the ledger has it; 0 is not known.
func modifiedNS(f locate.File) int64 {
	if f.Modified.IsZero() {
		return 0
	}
	return f.Modified.UnixNano()
}

// input is a file as the format sees it; what is read of it is added to done.
func (j *job) input(p *planned, done *atomic.Int64) connector.Input {
	in := connector.Input{Name: p.Name, Size: p.Size, Modified: p.Modified, At: p.At, Limits: j.limits}
	if p.do == tail {
		in.StartOffset, in.StartLine = p.before.size, p.before.lines+1
	}
	in.Open = func(ctx context.Context) (io.ReadCloser, error) {
		f, err := p.Open(ctx)
		if err != nil || done == nil {
			return f, err
		}
		return counted{f, done}, nil
	}
	return in
}

// counted adds what is read to a sum.
type counted struct {
	io.ReadCloser
	done *atomic.Int64
}

// Read reads and counts.
func (c counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.done.Add(int64(n))
	return n, err
}

// report tells the load's progress.
func (j *job) report() {
	if j.request.Progress == nil {
		return
	}
	p := Progress{Files: j.filesDone.Load(), TotalFiles: int64(len(j.toRead)), Bytes: j.bytesDone.Load(), Rows: j.rowsDone.Load()}
	if j.supply != nil {
		p.TotalFiles = j.supply.parts()
	}
	for _, f := range j.toRead {
		p.TotalBytes += f.Size
	}
	j.request.Progress(p)
}

// fileSink hands what one file holds to the load's streams.
type fileSink struct {
	j    *job
	file string
	// origin is set where the source has several.
	origin string
	rows   *stream
	q      *quarantine
	schema *arrow.Schema
	// skipped counts what the contract left out, by reason.
	skipped map[string]int64
	// withoutKey counts rows that went to quarantine because they lack a key.
	withoutKey int64
}

// Rows takes of the batch what the contract lets through, adds the file's name
// and sends it on.
func (s *fileSink) Rows(b arrow.RecordBatch) error {
	s.j.rowsDone.Add(b.NumRows())
	s.j.report()
	out, leftOut, err := s.j.shape(b)
	if err != nil {
		return err
	}
	if leftOut > 0 {
		s.skipped[SkippedUnknownColumn] += leftOut
	}
	if !s.j.meta {
		return s.rows.send(out)
	}
	defer out.Release()
	if err := s.keyless(out); err != nil {
		return err
	}
	constants := []string{s.file}
	if s.j.hasOrigins() {
		constants = append(constants, s.origin)
	}
	return s.rows.send(withTexts(out, s.schema, constants))
}

// Reject sends the record to the quarantine, leaves it out or ends the load, as
// the contract says.
func (s *fileSink) Reject(r connector.Reject) error {
	skip, err := s.judge(r)
	if err != nil || skip {
		return err
	}
	return s.q.rejects.add(s.file, loadOf{s.j.id, s.j.started}, r)
}

// judge decides by the contract whether a record that does not fit is left out,
// or ends the load.
func (s *fileSink) judge(r connector.Reject) (skip bool, err error) {
	switch types := s.j.def.Contract.Types; {
	case types == freeze:
		if err := typeFrozen(s.file, r); err != nil {
			return false, err
		}
	case types == discardRow && ofType(r.Violations):
		s.skipped[SkippedUnfitType]++
		return true, nil
	}
	if s.j.failsOnReject() {
		v := r.Violations[0]
		about := v.Rule
		if v.Column != "" {
			about = v.Column + ": " + v.Rule
		}
		return false, diag.New("row-does-not-fit", diag.Place{File: s.file, Line: int(r.Line)}, "%s: %s", about, v.Reason).
			WithHint("nothing was written; mend the line, or let such rows go to quarantine with contract: {rows: quarantine}")
	}
	return false, nil
}

// failsOnReject reports whether one bad record stops the load.
func (j *job) failsOnReject() bool {
	return j.def.Contract.Rows == "fail"
}

// stages are what the load has staged so far.
type stages struct {
	j    *job
	mu   sync.Mutex
	open []*lake.Stage
}

// start begins a stage of t.
func (s *stages) start(ctx context.Context, t ident.Table) (*lake.Stage, error) {
	stage, err := s.j.in.lake.NewStage(ctx, s.j.request.Run, s.j.request.Source.ID, t)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, stage)
	return stage, nil
}

// drop gives all stages up.
func (s *stages) drop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stage := range s.open {
		if err := stage.Drop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("give up stage %s: %w", stage.ID(), err))
		}
	}
	s.open = nil
	return errors.Join(errs...)
}
