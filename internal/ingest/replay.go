package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/lake"
)

// SkippedNoRecord counts what was quarantined and, read again, is no record any
// more: a comment, once comments are declared.
const SkippedNoRecord = "no_record"

// Replay asks for records to be read again that are in quarantine. Those that
// fit now become rows with the file and line that they came from and leave
// quarantine in the same transaction; the others stay.
type Replay struct {
	// Edits are records as people mended them, found again by file, line and
	// what they were; nil reads everything in quarantine as it is.
	Edits []Edit
	// Reason is kept with the record of what left quarantine.
	Reason string
}

// shownOfReplay is how many records are named that an edit did not help.
const shownOfReplay = 5

// replaying is a load that reads from quarantine.
type replaying struct {
	*Replay
	j      *job
	format connector.Replayer
	files  []*replayFile
	notes  []string
}

// replayFile are the quarantined records of one file.
type replayFile struct {
	name    string
	context []byte
	state   fileState
	// met is when its records were met, the last of them.
	met time.Time
	// edits are what was mended of it.
	edits edits

	// What a run made of it: records that became rows, that were left out by
	// reason, and whether others stay for other reasons than before.
	restored int64
	stay     int64
	skipped  map[string]int64
	renamed  bool
	failed   []string
}

// left is how many records leave quarantine.
func (f *replayFile) left() int64 {
	n := f.restored
	for _, k := range f.skipped {
		n += k
	}
	return n
}

// replay reads quarantined records again.
func (in *Ingester) replay(ctx context.Context, r Request) (*Load, error) {
	def, t := r.Source.Ingest, r.Source.Relation
	if def.From != FromFile {
		return nil, diag.New("no-replay", def.Places["from"], "records of %s come from %s, which has no text to be read again", t, def.From).
			WithHint("mend them where they come from, and load again")
	}
	format, err := in.format(def)
	if err != nil {
		return nil, err
	}
	replayer, ok := format.(connector.Replayer)
	if !ok {
		return nil, diag.New("no-replay", def.Place, "records of the format %s cannot be read by themselves", format.Name()).
			WithHint("change the definition or the file, and load again with --full-refresh")
	}
	j := &job{in: in, request: r, format: format, def: def, table: t, started: time.Now().UTC(), meta: true}
	if err := j.open(ctx); err != nil {
		return nil, err
	}
	j.replay = &replaying{Replay: r.Replay, j: j, format: replayer}
	load, err := j.replay.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("replay %s: %w", t, err)
	}
	return load, nil
}

// run finds what is to be read and reads it until it fits.
func (p *replaying) run(ctx context.Context) (*Load, error) {
	nothing := &Load{Record: Record{Table: p.j.table}}
	if p.j.base == nil || p.j.quarantineBase == nil {
		nothing.Notes = []string{p.j.table.String() + " was not loaded yet: nothing is in quarantine"}
		return nothing, nil
	}
	if err := p.find(ctx); err != nil {
		return nil, err
	}
	if len(p.files) == 0 {
		nothing.Notes = append(p.notes, "nothing in the quarantine of "+p.j.table.String()+" is to be read again")
		return nothing, nil
	}
	if err := p.infer(ctx); err != nil {
		return nil, err
	}
	load, err := p.untilItFits(ctx)
	if err != nil {
		return nil, err
	}
	if load.Resolution == nil {
		load.Record = nothing.Record
	}
	if p.changed() {
		return load, nil
	}
	nothing.Notes = load.Notes
	return nothing, load.Drop(ctx)
}

// infer learns the columns of the records.
func (p *replaying) infer(ctx context.Context) error {
	req, err := p.j.inferRequest()
	if err != nil {
		return err
	}
	inputs := make([]connector.Replayed, len(p.files))
	for i, f := range p.files {
		inputs[i] = connector.Replayed{Name: f.name, Context: f.context, Records: (&rereading{p: p, file: f}).records(ctx)}
	}
	p.j.layout, err = p.format.InferRecords(ctx, inputs, req)
	return err
}

// untilItFits reads, starting over where values need wider columns.
func (p *replaying) untilItFits(ctx context.Context) (*Load, error) {
	for range maxAttempts {
		load, err := p.j.run(ctx)
		var wider *connector.WidenError
		if err == nil || !errors.As(err, &wider) {
			return load, err
		}
		p.j.layout = p.j.layout.Widen(wider)
	}
	return nil, fmt.Errorf("reading started over %d times and values still did not fit", maxAttempts)
}

// changed reports whether anything leaves quarantine, or stays for another
// reason than before.
func (p *replaying) changed() bool {
	return slices.ContainsFunc(p.files, func(f *replayFile) bool { return f.left() > 0 || f.renamed })
}

// attempted is the condition for the rows of the quarantine that are written
// anew: those of all files that are read.
func (p *replaying) attempted() string {
	names := make([]string, len(p.files))
	for i, f := range p.files {
		names[i] = ident.Literal(f.name)
	}
	return ident.Quote(FileColumn) + " IN (" + strings.Join(names, ", ") + ")"
}

// met is SQL for when the records of a row's file were met.
func (p *replaying) met() string {
	var cases strings.Builder
	for _, f := range p.files {
		fmt.Fprintf(&cases, " WHEN %s THEN %s", ident.Literal(f.name), moment(f.met))
	}
	return "CASE " + ident.Quote(FileColumn) + cases.String() + " END"
}

// operation is what a replay does to the quarantine.
func (p *replaying) operation() (lake.Op, string) { return lake.Overwrite, p.attempted() }

// account counts what left quarantine. What stays is counted by the load that
// met it.
func (p *replaying) account(load *Load, r *Record) {
	var records int64
	failed, stay := 0, int64(0)
	load.Notes = append(load.Notes, p.notes...)
	for _, f := range p.files {
		if n := f.left(); n > 0 {
			records += n
			r.Files++
			r.Written += f.restored
			s := f.state
			s.written += f.restored
			s.rejected -= n
			load.files = append(load.files, s)
		}
		stay += f.stay
		for reason, n := range f.skipped {
			r.SkippedBy[reason] += n
		}
		for _, why := range f.failed {
			if failed++; failed <= shownOfReplay {
				load.Notes = append(load.Notes, why)
			}
		}
	}
	if failed > shownOfReplay {
		load.Notes = append(load.Notes, fmt.Sprintf("and %d more", failed-shownOfReplay))
	}
	if stay > 0 {
		load.Notes = append(load.Notes, fmt.Sprintf("%d of %d stay in quarantine", stay, stay+records))
	}
	if records == 0 {
		return
	}
	load.Resolution = &Resolution{
		ID: p.j.id, Table: p.j.table, Action: Replayed, LoadID: p.j.id, Run: p.j.request.Run,
		Principal: p.j.request.Principal, Reason: p.Reason, Records: records, At: p.j.started,
	}
}

// contextOf is what reading records of a file again will take, behind the name
// of the format.
func (j *job) contextOf(file string) (context []byte, kept bool, err error) {
	format, ok := j.format.(connector.Replayer)
	if !ok {
		return nil, false, nil
	}
	context, err = format.Context(j.layout, file)
	if errors.Is(err, connector.ErrNoContext) {
		return nil, false, nil
	}
	return append([]byte(format.Name()+"\x00"), context...), err == nil, err
}
