package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/write"
)

// operation is what the load does to a table that is base now.
func (j *job) operation(base *lake.Table) (lake.Op, string) {
	if base == nil || j.clear || j.anew {
		return lake.Replace, ""
	}
	var renewed []string
	for _, p := range j.toRead {
		if p.do == renew {
			renewed = append(renewed, ident.Literal(p.Name))
		}
	}
	if len(renewed) == 0 {
		return lake.Append, ""
	}
	return lake.Overwrite, ident.Quote(FileColumn) + " IN (" + strings.Join(renewed, ", ") + ")"
}

// partition reads the declared partition_by.
func (j *job) partition() ([]lake.PartitionField, error) {
	var fields []lake.PartitionField
	for _, p := range j.def.PartitionBy {
		transform, column, err := project.ParsePartition(p)
		if err != nil {
			return nil, diag.New("bad-partition", j.def.Places["partition_by"], "%v", err)
		}
		fields = append(fields, write.PartitionField(transform, column))
	}
	return fields, nil
}

// constants are the columns that are the same in every row of the load.
func (j *job) constants() []write.Constant {
	if !j.meta {
		return nil
	}
	return []write.Constant{
		{Name: LoadColumn, SQL: ident.Literal(j.id)},
		{Name: LoadedAtColumn, SQL: j.now()},
	}
}

// now is the time of the load as SQL.
func (j *job) now() string { return moment(j.started) }

func moment(at time.Time) string {
	return "TIMESTAMPTZ " + ident.Literal(at.Format("2006-01-02 15:04:05.000000+00"))
}

// summary goes into the snapshots of the load.
func (j *job) summary() map[string]string {
	return map[string]string{"tarn.run": j.request.Run, "tarn.load": j.id}
}

// writeTable writes the rows that fit; keys are those that the source has, nil
// where they are not compared.
func (j *job) writeTable(ctx context.Context, st *stages, rows, keys *stream) (*lake.Candidate, error) {
	stage, err := st.start(ctx, j.table)
	if err != nil {
		return nil, err
	}
	partition, err := j.partition()
	if err != nil {
		return nil, err
	}
	op, remove := j.operation(j.base)
	schema, constants := j.schema(), j.constants()
	if !keepsDiscarded(j.def.Contract) && hasColumn(schema, DiscardedColumn) {
		// The contract was another one once.
		constants = append(constants, write.Constant{Name: DiscardedColumn, SQL: "NULL"})
	}
	request := write.Request{
		Stage: stage, Base: j.base, Op: op, Remove: remove, Rows: rows, Schema: schema,
		Constants: constants, Partition: partition, Summary: j.summary(),
	}
	var have map[string]string
	if j.base != nil {
		have = j.base.Properties()
	}
	request.Doc, request.Properties, request.Unset = j.request.Source.TableMetadata(have, op == lake.Replace)
	if !j.combines() {
		return j.in.writer.Write(ctx, request)
	}
	if j.anew && j.base != nil && !j.clear {
		request.Op = lake.Overwrite
	}
	mode := j.meet(&request)
	if keys != nil {
		mode.Present = keys
	}
	c, outcome, err := j.in.writer.Combine(ctx, request, mode)
	j.outcome = &outcome
	return c, err
}

// quarantine writes the rejected records; its stage begins with the first.
type quarantine struct {
	ctx     context.Context //nolint:containedctx // lives exactly as long as the load's run
	j       *job
	stages  *stages
	group   *errgroup.Group
	rejects *rejects
	begin   sync.Once
	rows    *stream
	// candidate is set when the group is done.
	candidate *lake.Candidate
}

func newQuarantine(ctx context.Context, j *job, st *stages, group *errgroup.Group) *quarantine {
	q := &quarantine{ctx: ctx, j: j, stages: st, group: group, rows: newStream(ctx, rejectSchema, 2)}
	q.rejects = newRejects(q.send)
	return q
}

func (q *quarantine) send(b arrow.RecordBatch) error {
	q.begin.Do(q.start)
	return q.rows.send(b)
}

// start begins to write the quarantine table.
func (q *quarantine) start() {
	q.group.Go(func() error {
		stage, err := q.stages.start(q.ctx, q.j.request.Source.Quarantine())
		if err != nil {
			return err
		}
		op, remove := q.j.operation(q.j.quarantineBase)
		if q.j.replay != nil {
			op, remove = q.j.replay.operation()
		}
		q.candidate, err = q.j.in.writer.Write(q.ctx, write.Request{
			Stage: stage, Base: q.j.quarantineBase, Op: op, Remove: remove, Rows: q.rows, Schema: quarantineSchema,
			Summary: q.j.summary(),
			Doc:     "Records of " + q.j.table.String() + " that did not fit, with file, line, bytes and reasons",
		})
		return err
	})
}

// close ends the quarantine. It is written without a single reject too where
// it does not exist yet, so that it can be queried, and where a file that had
// rejects is read again.
func (q *quarantine) close(err error) {
	had := q.j.replay != nil
	for _, p := range q.j.toRead {
		had = had || p.do == renew && p.before.rejected > 0
	}
	if err == nil && q.j.meta && (q.j.quarantineBase == nil || q.j.clear || q.j.anew || had) {
		q.begin.Do(q.start)
	}
	q.rows.close(err)
}

// finish makes the load's account and gives up what turned out to be nothing.
func (j *job) finish(ctx context.Context, st *stages, table *lake.Candidate, q *quarantine) (*Load, error) {
	load := &Load{clear: j.clear || j.anew, drop: st.drop}
	r := Record{ID: j.id, Table: j.table, Run: j.request.Run, Started: j.started, SkippedBy: map[string]int64{}}
	if err := j.account(load, &r); err != nil {
		return nil, errors.Join(err, st.drop(context.WithoutCancel(ctx)))
	}
	if err := j.met(load, &r); err != nil {
		return nil, errors.Join(err, st.drop(context.WithoutCancel(ctx)))
	}
	for _, n := range r.SkippedBy {
		r.Skipped += n
	}
	r.Read = r.Written + r.Quarantined + r.Skipped
	r.Finished = time.Now().UTC()
	load.Record = r
	return load, j.keepCandidates(ctx, load, st, table, q)
}

// account counts what was read, and what the ledger is to remember of it.
func (j *job) account(load *Load, r *Record) error {
	if j.supply != nil {
		return j.supply.account(load, r)
	}
	if j.replay != nil {
		j.replay.account(load, r)
		return nil
	}
	sum := sha256.New()
	for i := range j.plans {
		p := &j.plans[i]
		s, read := j.states[p.Name]
		switch {
		case read:
			r.Files++
			r.Bytes += s.size
			r.Written += s.written
			r.Quarantined += s.rejected
			for reason, n := range s.skipped {
				r.SkippedBy[reason] += n
			}
			fmt.Fprintf(sum, "%s\x00%s\n", p.Name, s.sha256)
			if p.do == tail {
				r.Bytes -= p.before.size
				s.records += p.before.records
				s.written += p.before.written
				s.rejected += p.before.rejected
			}
			load.files = append(load.files, s)
		case p.do == duplicate:
			s := j.sameAs(p)
			r.Files++
			r.SkippedBy[SkippedDuplicate] += s.records
			load.Notes = append(load.Notes, duplicateNote(p, s))
			load.files = append(load.files, s)
		case p.do == keep:
			load.files = append(load.files, j.touched(p)...)
		}
	}
	r.Checksum = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// met takes what became of rows that met those of the table into the account.
func (j *job) met(load *Load, r *Record) error {
	o := j.outcome
	if o == nil {
		return nil
	}
	fit := r.Written
	r.Written = o.Written
	for reason, n := range o.Skipped {
		r.SkippedBy[reason] += n
		fit -= n
	}
	if fit != o.Written {
		return fmt.Errorf("the account of %s does not add up: %d rows are not accounted for", j.table, fit-o.Written)
	}
	if o.Deleted > 0 {
		load.Notes = append(load.Notes, fmt.Sprintf("%d rows of %s ended: their keys are no longer there", o.Deleted, j.table))
	}
	if o.Restored > 0 {
		load.Notes = append(load.Notes, fmt.Sprintf("%d rows of %s are back again", o.Restored, j.table))
	}
	return nil
}

// keepCandidates takes what the load staged; an append of no rows that changes
// no column is given up, so that readers see no new snapshot.
func (j *job) keepCandidates(ctx context.Context, load *Load, st *stages, table *lake.Candidate, q *quarantine) error {
	if table != nil && table.Op == lake.Append && load.Record.Written == 0 && sameColumns(j.base.Schema(), j.schema()) {
		if err := st.dropOne(ctx, table.Stage); err != nil {
			return err
		}
		table = nil
	}
	for _, c := range []*lake.Candidate{table, q.candidate} {
		if c != nil {
			load.Candidates = append(load.Candidates, c)
		}
	}
	return nil
}

// dropOne gives up one stage.
func (s *stages) dropOne(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.open, func(stage *lake.Stage) bool { return stage.ID() == id })
	if i < 0 {
		return nil
	}
	err := s.open[i].Drop(ctx)
	s.open = slices.Delete(s.open, i, i+1)
	return err
}

func hasColumn(s lake.Schema, name string) bool {
	return slices.ContainsFunc(s.Fields, func(f lake.Field) bool { return f.Name == name })
}

func sameColumns(a, b lake.Schema) bool {
	return slices.EqualFunc(a.Fields, b.Fields, func(x, y lake.Field) bool {
		return x.Name == y.Name && x.Type.String() == y.Type.String()
	})
}

// withoutReading is the load of files that hold nothing new: the ledger may
// still learn of other times and paths.
func (j *job) withoutReading() *Load {
	load := &Load{}
	load.Record.Table = j.table
	var records int64
	for i := range j.plans {
		p := &j.plans[i]
		if p.do == duplicate {
			s := j.sameAs(p)
			records += s.records
			load.files = append(load.files, s)
			load.Notes = append(load.Notes, duplicateNote(p, s))
			continue
		}
		load.files = append(load.files, j.touched(p)...)
	}
	if len(load.Notes) > 0 {
		now := time.Now().UTC()
		load.Record = Record{
			ID: newLoadID(j.started), Table: j.table, Run: j.request.Run, Started: j.started, Finished: now,
			Files: int64(len(load.Notes)), Read: records, Skipped: records,
			SkippedBy: map[string]int64{SkippedDuplicate: records},
		}
	}
	return load
}

// duplicateNote tells people that a file was left out.
func duplicateNote(p *planned, s fileState) string {
	return fmt.Sprintf("%s has the same content as %s, which is loaded: its %d records were skipped", p.Name, p.of, s.records)
}

// sameAs is the ledger's entry for a file with the content of another.
func (j *job) sameAs(p *planned) fileState {
	s, ok := j.states[p.of]
	if !ok {
		s = j.known[p.of]
	}
	s.path, s.sameAs = p.Name, p.of
	s.size, s.modifiedNS, s.version = p.Size, modifiedNS(p.File), p.Version
	s.canGrow = false
	s.loadedAt = j.started
	return s
}

// touched is the ledger's entry for an unchanged file, where its time or the
// moment of the last look at it tells something new.
func (j *job) touched(p *planned) []fileState {
	s := p.before
	if p.unchanged(s) {
		return nil
	}
	s.modifiedNS, s.version, s.loadedAt = modifiedNS(p.File), p.Version, j.started
	return []fileState{s}
}
