package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/project"
)

// OriginColumn is the column that says which of several origins a row is from.
const OriginColumn = "_tarn_origin"

// origin is one place that a source is read from.
type origin struct {
	name    string
	reading connector.Reading
	// layout is the reading's, with types as wide as the table's.
	layout *connector.Layout
}

// supply is what a load reads from sources: one view of each origin.
type supply struct {
	j       *job
	source  connector.Source
	origins []*origin
	scratch string

	mu sync.Mutex
	// counts are of the parts that were read, skipped what the contract left
	// out of them, by reason.
	counts  connector.Counts
	skipped map[string]int64
}

// loadSource loads from what is not a file.
func (in *Ingester) loadSource(ctx context.Context, r Request, source connector.Source) (load *Load, err error) {
	def := r.Source.Ingest
	j := &job{in: in, request: r, def: def, table: r.Source.Relation, started: time.Now().UTC(), meta: true}
	if err := checkSource(def); err != nil {
		return nil, err
	}
	if err := j.open(ctx); err != nil {
		return nil, err
	}
	s := &supply{j: j, source: source}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.open(ctx); err != nil {
		return nil, fmt.Errorf("load %s: %w", j.table, err)
	}
	if s.nothing() {
		return &Load{Record: Record{Table: j.table}}, nil
	}
	j.supply = s
	load, err = s.untilItFits(ctx)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", j.table, err)
	}
	return load, nil
}

// checkSource refuses an append that would load everything again each time.
func checkSource(def *project.Ingest) error {
	if def.Mode == project.ModeAppend && def.Cursor == "" && def.ModeDeclared() {
		return diag.New("no-cursor", def.Places["mode"], "mode: append without a cursor would add every row again with each load").
			WithHint("name the column that grows, such as cursor: updated_at, or write mode: replace")
	}
	return nil
}

// replaces reports whether a load makes the table what it read: where it is
// said so, and where nothing tells what is new.
func (s *supply) replaces() bool {
	def := s.j.def
	return def.Mode == project.ModeReplace || def.Cursor == "" && !def.ModeDeclared()
}

// open connects to every origin and learns its columns.
func (s *supply) open(ctx context.Context) error {
	j := s.j
	states := map[string][]byte{}
	if s.replaces() {
		j.clear = true
	}
	if !j.clear {
		var err error
		if states, err = sourceStates(ctx, j.in.db, j.table); err != nil {
			return err
		}
	}
	var err error
	if s.scratch, err = os.MkdirTemp(j.in.scratch, "source-"); err != nil {
		return fmt.Errorf("make a folder for temporary files: %w", err)
	}
	places := j.def.Origins
	if len(places) == 0 {
		places = []project.Origin{{}}
	}
	var problems diag.Problems
	for i, place := range places {
		o, err := s.connect(ctx, i, place, states[place.Name])
		var problem *diag.Problem
		var several *diag.ProblemsError
		switch {
		case errors.As(err, &several), errors.As(err, &problem):
			problems.AddError("source", j.def.Place, err)
		case err != nil:
			return err
		default:
			s.origins = append(s.origins, o)
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return s.unite(ctx)
}

// connect opens one origin.
func (s *supply) connect(ctx context.Context, i int, place project.Origin, state []byte) (*origin, error) {
	j := s.j
	req, err := j.inferRequest()
	if err != nil {
		return nil, err
	}
	for name, o := range place.Options {
		req.Options[name] = connector.Option{Value: o.Value, Place: o.Place}
	}
	j.pathOption(s.source, req.Options)
	if err := ResolveSecrets(ctx, j.in.secrets, s.source.Options(), req.Options); err != nil {
		return nil, err
	}
	scratch := filepath.Join(s.scratch, strconv.Itoa(i))
	if err := os.Mkdir(scratch, 0o700); err != nil {
		return nil, err
	}
	reading, err := s.source.Open(ctx, connector.SourceRequest{
		Request: req, Table: j.table.Name, Cursor: j.def.Cursor, PrimaryKey: j.def.PrimaryKey,
		State: state, Dir: j.in.finder.Dir, Threads: j.in.threads, Scratch: scratch, Keys: j.comparesKeys(),
	})
	if err != nil {
		return nil, err
	}
	return &origin{name: place.Name, reading: reading, layout: reading.Layout()}, nil
}

// pathOption is the option of sources that read a file of the project.
const pathOption = "path"

// pathOption hands such a source the table's path.
func (j *job) pathOption(source connector.Source, options map[string]connector.Option) {
	takes := slices.ContainsFunc(source.Options(), func(o connector.OptionSpec) bool { return o.Name == pathOption })
	if !takes {
		return
	}
	if _, own := options[pathOption]; !own && len(j.def.Paths) == 1 {
		options[pathOption] = connector.Option{Value: j.def.Paths[0], Place: j.def.Places[pathOption]}
	}
}

// nothing reports whether there is nothing new; a table that is replaced may
// become empty, and one that is not there yet is made.
func (s *supply) nothing() bool {
	if len(s.j.layout.Columns) == 0 {
		return true
	}
	if s.j.clear || s.j.comparesKeys() {
		return false
	}
	for _, o := range s.origins {
		if len(o.reading.Parts()) > 0 {
			return false
		}
	}
	return true
}

// untilItFits reads, starting over where values need wider columns.
func (s *supply) untilItFits(ctx context.Context) (*Load, error) {
	for range maxAttempts {
		load, err := s.j.run(ctx)
		var wider *connector.WidenError
		if err == nil || !errors.As(err, &wider) {
			return load, err
		}
		s.j.in.log.Debug("columns widen; the load starts over", "table", s.j.table.String(), "reason", wider.Error())
		for _, o := range s.origins {
			o.layout = o.layout.Widen(wider)
		}
		if err := s.unite(ctx); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the load started over %d times and values still did not fit", maxAttempts)
}

// close ends the views and removes the temporary files.
func (s *supply) close() error {
	var errs []error
	for _, o := range s.origins {
		errs = append(errs, o.reading.Close())
	}
	if s.scratch != "" {
		errs = append(errs, os.RemoveAll(s.scratch))
	}
	return errors.Join(errs...)
}

// parts is how many parts there are to read.
func (s *supply) parts() int64 {
	n := 0
	for _, o := range s.origins {
		n += len(o.reading.Parts())
	}
	return int64(n)
}

// readAll reads every part of every origin.
func (s *supply) readAll(ctx context.Context, group *errgroup.Group, rows *stream, q *quarantine) {
	s.counts, s.skipped = connector.Counts{}, map[string]int64{}
	for _, o := range s.origins {
		for i := range o.reading.Parts() {
			group.Go(func() error { return s.read(ctx, o, i, rows, q) })
		}
	}
}

// read reads one part.
func (s *supply) read(ctx context.Context, o *origin, part int, rows *stream, q *quarantine) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	name := o.reading.Parts()[part].Name
	if o.name != "" {
		name = o.name + ":" + name
	}
	sink := &partSink{
		fileSink{j: s.j, file: name, origin: o.name, rows: rows, q: q, schema: rows.schema, skipped: map[string]int64{}},
		s.j.layout.Schema(),
	}
	counts, err := o.reading.Read(ctx, part, o.layout, sink)
	if err != nil {
		return err
	}
	counts = sink.moved(counts)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Records += counts.Records
	s.counts.Written += counts.Written - sink.skipped[SkippedUnknownColumn]
	s.counts.Rejected += counts.Rejected - sink.skipped[SkippedUnfitType]
	for reason, n := range sink.skipped {
		s.skipped[reason] += n
	}
	s.counts.Bytes += counts.Bytes
	s.j.filesDone.Add(1)
	s.j.report()
	return nil
}

// partSink takes the batches of one origin.
type partSink struct {
	fileSink
	schema *arrow.Schema
}

// Rows brings the batch into the order of the table's layout.
func (s *partSink) Rows(b arrow.RecordBatch) error {
	arranged := arrange(b, s.schema)
	defer arranged.Release()
	return s.fileSink.Rows(arranged)
}

// account counts what was read and asks what the next load goes on from.
func (s *supply) account(load *Load, r *Record) error {
	r.Files, r.Bytes = s.parts(), s.counts.Bytes
	r.Written, r.Quarantined = s.counts.Written, s.counts.Rejected
	maps.Copy(r.SkippedBy, s.skipped)
	for _, o := range s.origins {
		state, err := o.reading.State()
		if err != nil {
			return err
		}
		if state != nil {
			load.sources = append(load.sources, sourceState{origin: o.name, state: state, loadID: s.j.id, at: s.j.started})
		}
	}
	return nil
}
