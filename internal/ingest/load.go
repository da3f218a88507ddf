package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/secret"
)

// maxAttempts bounds how often a load starts over because values needed wider
// types, or files that seemed to have grown had changed. Types only widen and a
// file changes its verdict once, which does not count, so this is reached by
// files that change while they are loaded.
const maxAttempts = 20

// Request says what to load.
type Request struct {
	// Source is a source table with an ingest definition.
	Source *project.Resource
	// Run owns what is staged.
	Run string
	// FullRefresh loads every file again and replaces the table.
	FullRefresh bool
	// Principal is for whom it is done.
	Principal string
	// Replay reads quarantined records instead of files, Discard throws some
	// away.
	Replay  *Replay
	Discard *Discard
	// Progress is told how far the load is, from several goroutines; may be nil.
	Progress func(Progress)
}

// Load is what was read and staged. Nothing is visible, or remembered, before
// its candidates are committed with Save in the same transaction.
type Load struct {
	Record Record
	// Candidates are the table and its quarantine, where they changed.
	Candidates []*lake.Candidate
	// Notes tell people what was left out, and why.
	Notes []string
	// Resolution tells what left quarantine; nil where nothing did.
	Resolution *Resolution

	files   []fileState
	sources []sourceState
	clear   bool
	drop    func(context.Context) error
}

// Nothing reports whether there was nothing to load.
func (l *Load) Nothing() bool { return l.Record.ID == "" }

// Save writes the file ledger and the load's record.
func (l *Load) Save(ctx context.Context, tx metadb.Tx) error {
	if err := saveFiles(ctx, tx, l.Record.Table, l.files, l.clear); err != nil {
		return err
	}
	if l.Resolution != nil {
		if err := l.Resolution.save(ctx, tx); err != nil {
			return err
		}
	}
	if l.Nothing() {
		return nil
	}
	if err := saveSources(ctx, tx, l.Record.Table, l.sources, l.clear); err != nil {
		return err
	}
	return l.Record.save(ctx, tx)
}

// Changes reports whether Save has anything to write.
func (l *Load) Changes() bool { return !l.Nothing() || len(l.files) > 0 || l.Resolution != nil }

// Drop gives up what was staged.
func (l *Load) Drop(ctx context.Context) error {
	if l.drop == nil {
		return nil
	}
	return l.drop(ctx)
}

// Load reads what is new or changed and stages it.
func (in *Ingester) Load(ctx context.Context, r Request) (*Load, error) {
	def := r.Source.Ingest
	switch {
	case r.Replay != nil:
		return in.replay(ctx, r)
	case r.Discard != nil:
		return in.discard(ctx, r)
	}
	if def.From != FromFile {
		source, err := in.source(def.From, def.Places["from"])
		if err != nil {
			return nil, err
		}
		return in.loadSource(ctx, r, source)
	}
	if err := check(def); err != nil {
		return nil, err
	}
	format, err := in.format(def)
	if err != nil {
		return nil, err
	}
	j := &job{in: in, request: r, format: format, def: def, table: r.Source.Relation, started: time.Now().UTC(), meta: true}
	if err := j.open(ctx); err != nil {
		return nil, err
	}
	return j.loadFiles(ctx)
}

// untilItFits reads the files, starting over where reading showed that the
// columns have to be wider or that a file did not grow but changed.
func (j *job) untilItFits(ctx context.Context, files []locate.File) (*Load, error) {
	changed := map[string]bool{}
	replan := true
	for attempt := 0; attempt < maxAttempts+len(changed); attempt++ { //nolint:intrange // changed grows meanwhile
		if replan {
			if err := j.prepare(ctx, files, changed); err != nil {
				return nil, err
			}
			replan = false
		}
		if len(j.toRead) == 0 {
			return j.withoutReading(), nil
		}
		load, err := j.run(ctx)
		var wider *connector.WidenError
		var other *changedError
		switch {
		case err == nil:
			return load, nil
		case errors.As(err, &wider):
			j.in.log.Debug("columns widen; the load starts over", "table", j.table.String(), "reason", wider.Error())
			if err := j.widen(ctx, wider); err != nil {
				return nil, err
			}
		case errors.As(err, &other):
			changed[other.file] = true
			replan = true
		default:
			return nil, err
		}
	}
	return nil, diag.New("changed-while-read", j.def.Place, "the files of %s kept changing while they were read", j.table).
		WithHint("run again when nothing writes to them")
}

// widen takes the types that values turned out to need. The sample that misled
// once may do so for every file: the second time all content is looked at.
func (j *job) widen(ctx context.Context, w *connector.WidenError) error {
	j.wider = append(j.wider, w)
	if j.widened++; j.widened == 1 {
		j.layout = j.layout.Widen(w)
		return nil
	}
	if err := j.infer(ctx); err != nil {
		return err
	}
	// Infer starts from the table's types: what they turned out to need still holds.
	for _, w := range j.wider {
		j.layout = j.layout.Widen(w.Existing(j.layout))
	}
	return nil
}

// changedError tells that a file which seemed to have grown has other content.
type changedError struct{ file string }

func (e *changedError) Error() string { return e.file + " did not grow but changed" }

// check refuses what an ingest definition says that files do not have.
func check(def *project.Ingest) error {
	var ps diag.Problems
	for _, path := range def.Paths {
		if name := secret.InURL(path); name != "" {
			ps.Errorf("secret-in-project", def.Places["path"], "the parameter %s of a path holds a secret that everybody sees who reads the project", name).
				WithHint("write a reference in its place, such as %s=${env:NAME}", name)
		}
	}
	if len(def.Origins) > 0 {
		ps.Errorf("bad-value", def.Origins[0].Place, "files have no origins").WithHint("name all of them under path:; _tarn_file says where a row came from")
	}
	return ps.Err()
}

// open finds the table, its quarantine and what the ledger knows of its files.
func (j *job) open(ctx context.Context) error {
	var err error
	if j.base, err = j.in.lake.Find(ctx, j.table); err != nil {
		return err
	}
	if j.quarantineBase, err = j.in.lake.Find(ctx, j.request.Source.Quarantine()); err != nil {
		return err
	}
	// Without its table the ledger tells nothing: then every file is new.
	if j.base == nil || j.request.FullRefresh {
		j.clear = true
		return nil
	}
	j.known, err = ledger(ctx, j.in.db, j.table)
	return err
}

// prepare decides what to read and learns its columns.
func (j *job) prepare(ctx context.Context, files []locate.File, changed map[string]bool) error {
	if err := j.decide(ctx, files, changed); err != nil {
		return err
	}
	if j.complete() && !j.clear && !j.anew && j.outdated() {
		j.clear = j.def.Mode == project.ModeReplace
		j.known, j.anew = nil, true
		if err := j.decide(ctx, files, changed); err != nil {
			return err
		}
	}
	if len(j.toRead) == 0 {
		return nil
	}
	return j.infer(ctx)
}

// decide sorts out which files are to be read.
func (j *job) decide(ctx context.Context, files []locate.File, changed map[string]bool) error {
	plans, err := plan(ctx, files, j.known, changed)
	if err != nil {
		return err
	}
	j.plans, j.toRead = plans, nil
	for i := range plans {
		if plans[i].do == duplicate && j.ordersFiles() {
			plans[i].do = whole
		}
		if do := plans[i].do; do != keep && do != duplicate {
			j.toRead = append(j.toRead, &plans[i])
		}
	}
	return nil
}

// infer learns the columns of the files that are to be read.
func (j *job) infer(ctx context.Context) error {
	req, err := j.inferRequest()
	if err != nil {
		return err
	}
	inputs := make([]connector.Input, len(j.toRead))
	for i, p := range j.toRead {
		inputs[i] = j.input(p, nil)
	}
	if j.layout, err = j.format.Infer(ctx, inputs, req); err != nil {
		return err
	}
	if len(j.layout.Columns) == 0 {
		return diag.New("no-columns", j.request.Source.Place, "%s has no columns: %s", j.table, emptyFiles(j.toRead)).
			WithHint("declare them under columns:, or load again when the files have content")
	}
	return nil
}

func emptyFiles(files []*planned) string {
	if len(files) == 1 {
		return files[0].Name + " is empty"
	}
	return fmt.Sprintf("all %d files are empty (%s, …)", len(files), files[0].Name)
}
