package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// rereading reads the quarantined records of one file again. It numbers them
// for the format, and knows by number where each came from: a line may hold
// several records.
type rereading struct {
	p    *replaying
	file *replayFile
	// sink takes rows and what stays in quarantine; nil where the records are
	// only looked at.
	sink    *fileSink
	edits   edits
	entries []entry
	loads   []loadOf
	// mended has what edited records were before.
	mended map[int64]connector.Reject
}

// entry is a record that is read again.
type entry struct {
	line int64
	load int32
	// done: it became a row or a reject.
	done bool
	// reasons is the hash of why it was quarantined.
	reasons uint64
	links   string
}

// loadOf is a load that met records.
type loadOf struct {
	id string
	at time.Time
}

// readAll reads every file's records, several files at once.
func (p *replaying) readAll(ctx context.Context, group *errgroup.Group, rows *stream, q *quarantine) {
	for _, f := range p.files {
		group.Go(func() error {
			sink := &fileSink{j: p.j, file: f.name, rows: rows, q: q, schema: rows.schema, skipped: map[string]int64{}}
			return (&rereading{p: p, file: f, sink: sink}).run(ctx)
		})
	}
}

// run reads the file's records.
func (r *rereading) run(ctx context.Context) error {
	f := r.file
	f.restored, f.stay, f.skipped, f.renamed, f.failed = 0, 0, r.sink.skipped, false, nil
	in := connector.Replayed{Name: f.name, Context: f.context, Records: r.records(ctx)}
	counts, err := r.p.format.ReadRecords(ctx, in, r.p.j.layout, r)
	if err != nil {
		return err
	}
	counts = r.sink.moved(counts)
	f.restored = counts.Written - f.skipped[SkippedUnknownColumn]
	f.stay += counts.Rejected - f.skipped[SkippedUnfitType]
	if err := r.rest(); err != nil {
		return err
	}
	for _, e := range r.edits.left() {
		f.failed = append(f.failed, fmt.Sprintf("%s:%d is not in quarantine as it was exported: it was restored or discarded meanwhile, or its file was loaded anew", f.name, e.Line))
	}
	r.p.j.filesDone.Add(1)
	r.p.j.report()
	return nil
}

// errEnough ends a look at the quarantine early.
var errEnough = errors.New("enough was seen")

// records gives the records to be read; the others stay as they are.
func (r *rereading) records(ctx context.Context) iter.Seq2[connector.RawRecord, error] {
	return func(yield func(connector.RawRecord, error) bool) {
		r.entries, r.loads, r.mended, r.edits = nil, nil, map[int64]connector.Reject{}, r.file.edits.clone()
		err := r.p.j.in.writer.Look(ctx, r.p.j.quarantineBase, func(from string) string {
			links := linksColumn
			if !hasColumn(r.p.j.quarantineBase.Schema(), linksColumn) {
				links = "NULL::VARCHAR"
			}
			return fmt.Sprintf("SELECT %s, %s, %s, raw, violations, %s FROM %s WHERE %s = %s ORDER BY %[1]s, raw",
				ident.Quote(LineColumn), ident.Quote(LoadColumn), ident.Quote(LoadedAtColumn), links, from, ident.Quote(FileColumn), ident.Literal(r.file.name))
		}, func(b arrow.RecordBatch) error {
			rows, err := quarantinedRows(b)
			if err != nil {
				return err
			}
			for i := range int(b.NumRows()) {
				record, again, err := r.admit(rows, i)
				if err != nil {
					return err
				}
				if again && !yield(record, nil) {
					return errEnough
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(connector.RawRecord{}, err)
		}
	}
}

// admit decides whether a record is read again, and numbers it.
func (r *rereading) admit(rows *quarantined, i int) (record connector.RawRecord, again bool, err error) {
	was := rows.reject(i)
	load := loadOf{strings.Clone(rows.loads.Value(i)), rows.at(i)}
	var edit *Edit
	if r.p.Edits != nil {
		edit = r.edits.take(was.Line, was.Raw)
	}
	if edit == nil && (r.p.Edits != nil || cutShort(was)) {
		if r.sink == nil {
			return record, false, nil
		}
		r.file.stay++
		return record, false, r.sink.q.rejects.add(r.file.name, load, was)
	}
	if n := len(r.loads); n == 0 || r.loads[n-1] != load {
		r.loads = append(r.loads, load)
	}
	r.entries = append(r.entries, entry{line: was.Line, load: int32(len(r.loads) - 1), reasons: hashed(was.Violations), links: was.Links})
	record = connector.RawRecord{Number: int64(len(r.entries)), Raw: was.Raw, Links: was.Links}
	if edit != nil {
		record.Raw = edit.bytes()
		was.Raw = bytes.Clone(was.Raw)
		r.mended[record.Number] = was
	}
	return record, true, nil
}

// cutShort reports whether perhaps only the start of a record was kept.
func cutShort(r connector.Reject) bool {
	for _, v := range r.Violations {
		if v.Rule == connector.RuleSize {
			return true
		}
	}
	return false
}

// hashed tells reasons from others.
func hashed(violations []connector.Violation) uint64 {
	h := fnv.New64a()
	for _, v := range violations {
		fmt.Fprintf(h, "%s\x00%s\x00%s\x00", v.Column, v.Rule, v.Reason)
	}
	return h.Sum64()
}

// Rows gives rows the lines that their records came from.
func (r *rereading) Rows(b arrow.RecordBatch) error {
	i := len(r.p.j.layout.Columns)
	numbers, ok := b.Column(i).(*array.Int64)
	if !ok {
		return fmt.Errorf("the lines of %s come as %s", r.file.name, b.Column(i).DataType())
	}
	lines := array.NewInt64Builder(memory.DefaultAllocator)
	defer lines.Release()
	lines.Reserve(numbers.Len())
	for _, n := range numbers.Int64Values() {
		e := &r.entries[n-1]
		e.done = true
		lines.Append(e.line)
	}
	column := lines.NewArray()
	defer column.Release()
	columns := append([]arrow.Array(nil), b.Columns()...)
	columns[i] = column
	placed := array.NewRecordBatch(b.Schema(), columns, b.NumRows())
	defer placed.Release()
	return r.sink.Rows(placed)
}

// Reject keeps a record in quarantine, with today's reasons; one that was
// edited stays as it was, as the file has it.
func (r *rereading) Reject(reject connector.Reject) error {
	number := reject.Line
	e := &r.entries[number-1]
	e.done = true
	reject.Line = e.line
	skip, err := r.sink.judge(reject)
	if err != nil || skip {
		return err
	}
	if was, edited := r.mended[number]; edited {
		v := reject.Violations[0]
		return r.stays(e, was, fmt.Sprintf("%s: %s", v.Rule, v.Reason))
	}
	if hashed(reject.Violations) != e.reasons {
		r.file.renamed = true
	}
	if reject.Links == "" {
		reject.Links = r.entries[number-1].links
	}
	return r.sink.q.rejects.add(r.file.name, r.loads[e.load], reject)
}

// stays keeps an edited record in quarantine and tells why.
func (r *rereading) stays(e *entry, was connector.Reject, why string) error {
	r.file.failed = append(r.file.failed, fmt.Sprintf("%s:%d stays in quarantine: %s", r.file.name, e.line, why))
	return r.sink.q.rejects.add(r.file.name, r.loads[e.load], was)
}

// rest accounts for records that are none any more.
func (r *rereading) rest() error {
	for i := range r.entries {
		e := &r.entries[i]
		if e.done {
			continue
		}
		if was, edited := r.mended[int64(i)+1]; edited {
			r.file.stay++
			if err := r.stays(e, was, "the edited text holds no record"); err != nil {
				return err
			}
			continue
		}
		r.file.skipped[SkippedNoRecord]++
	}
	return nil
}
