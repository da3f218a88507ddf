package lake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/apache/iceberg-go"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// Rebase returns the candidate of an append, or of an overwrite in snapshot
// isolation, built anew on the table's present state. Data files and manifests stay; only the manifest list and the metadata
// file are written again. Where the change does not fit what the table has
// become, the error is an [ErrConflict].
func (l *Lake) Rebase(ctx context.Context, c *Candidate) (*Candidate, error) {
	rebased, err := l.rebase(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("rebase %s: %w", c.Name, err)
	}
	return rebased, nil
}

func (l *Lake) rebase(ctx context.Context, c *Candidate) (*Candidate, error) {
	if !c.movesAlong() {
		return nil, fmt.Errorf("%w: only appends to a table move along, and overwrites in snapshot isolation", ErrConflict)
	}
	r := &rebase{lake: l, candidate: c, reads: l.store}
	entry, _, err := l.currentEntry(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	err = l.db.View(ctx, func(tx metadb.Tx) (err error) {
		r.row, err = movingStage(ctx, tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := r.load(ctx, entry, nil); err != nil {
		return nil, err
	}
	b, out, err := r.build(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.journalRebase(ctx, r, c.Location, "", out.names); err != nil {
		return nil, err
	}
	if err := out.write(ctx); err != nil {
		return nil, err
	}
	if err := l.journalRebase(ctx, r, c.Location, b.location(), r.superseded()); err != nil {
		return nil, err
	}
	l.unsynced.add(r.row.ID, out.names)
	return r.next(b), nil
}

// movingStage reads the stage of a candidate that is to move along.
func movingStage(ctx context.Context, tx metadb.Tx, c *Candidate) (stageRow, error) {
	rows, err := stages(ctx, tx, `id = ? AND location = ? AND state IN (?, ?, ?)`, c.Stage, c.Location, stateCandidate, stateHeld, stateSent)
	if err != nil {
		return stageRow{}, err
	}
	if len(rows) == 0 {
		return stageRow{}, stageGone(ctx, tx, c.Stage)
	}
	return rows[0], nil
}

// rebase is an append on its way from one base to another.
type rebase struct {
	lake      *Lake
	candidate *Candidate
	row       stageRow
	reads     objstore.Store // has the files of all states
	mine      *Table         // the candidate
	merged    []string       // the URIs of manifests that it has in place of its base's
	before    *Table         // what it was built on
	onto      *Table         // what it will be built on
	found     Entry          // the name of that
}

// load reads the three states; onto may be known.
func (r *rebase) load(ctx context.Context, found Entry, onto *Table) (err error) {
	r.found, r.onto = found, onto
	if found.Location == "" || found.Kind != TableEntry {
		return r.conflict(ctx)
	}
	for _, load := range []struct {
		to       **Table
		location string
	}{{&r.mine, r.candidate.Location}, {&r.before, r.candidate.Base}, {&r.onto, found.Location}} {
		if *load.to != nil {
			continue
		}
		if *load.to, err = r.lake.LoadAt(ctx, found.Name, TableEntry, load.location); err != nil {
			return err
		}
	}
	return nil
}

// build makes the new state; its files are not written yet.
func (r *rebase) build(ctx context.Context) (*tableBuild, *manifestSet, error) {
	b, err := r.tableBuild(ctx)
	if err != nil {
		return nil, nil, err
	}
	if r.candidate.Op == Overwrite {
		b.change.Op = Overwrite
		if err := r.takeOver(ctx, b); err != nil {
			return nil, nil, err
		}
	}
	out := newManifestSet(b)
	manifests, err := r.manifests(ctx, b, out)
	if err != nil {
		return nil, nil, err
	}
	return b, out, b.addSnapshot(out, manifests)
}

// next is the candidate as it was built.
func (r *rebase) next(b *tableBuild) *Candidate {
	next := *r.candidate
	next.Base, next.Location, next.effect = r.onto.location, b.location(), b.effect()
	return &next
}

// tableBuild starts the new candidate with the old one's snapshot.
func (r *rebase) tableBuild(ctx context.Context) (*tableBuild, error) {
	schema, err := r.schema(ctx)
	if err != nil {
		return nil, err
	}
	snapshot := r.mine.meta.CurrentSnapshot()
	summary := snapshot.Summary.Properties
	b := &tableBuild{
		stage: &Stage{lake: r.lake, row: r.row}, id: uuid.New(), reads: r.reads,
		change: Change{Base: r.onto, Op: Append, Summary: maps.Clone(summary)},
		base:   r.onto.meta, onto: r.onto, schema: schema, snapshotID: snapshot.SnapshotID, inherits: true,
	}
	for key, field := range map[string]*int64{
		"added-data-files": &b.added.files, "added-records": &b.added.records, "added-files-size": &b.added.bytes} {
		*field, _ = count(summary, key)
	}
	if err := b.newBuilder(); err != nil {
		return nil, err
	}
	if err := b.setShape(); err != nil {
		return nil, err
	}
	b.settle(r.properties(), nil)
	return b, b.builder.SetProperties(r.properties())
}

// schema returns the columns of the result: those of the new base, or the
// candidate's own where it has evolved what nobody else has touched.
func (r *rebase) schema(ctx context.Context) (Schema, error) {
	mine, before, onto := r.mine.Schema(), r.before.Schema(), r.onto.Schema()
	spec := r.mine.meta.PartitionSpec()
	there := r.onto.meta.PartitionSpecByID(spec.ID())
	switch {
	case r.mine.UUID() != r.onto.UUID(), there == nil || !there.Equals(spec):
		return Schema{}, r.conflict(ctx)
	case fits(mine.Fields, onto.Fields) && sameNew(mine.Fields, onto.Fields, before):
		return onto, nil
	case reflect.DeepEqual(before.Fields, onto.Fields):
		return mine, nil
	}
	return Schema{}, r.conflict(ctx)
}

// sameNew reports whether the fields that both sides have added under one id
// are the same columns.
func sameNew(mine, onto []Field, before Schema) bool {
	for _, f := range mine {
		g, found := topByID(onto, f.ID)
		if !found {
			return false
		}
		if _, old := before.Field(f.ID); !old && ident.Fold(f.Name) != ident.Fold(g.Name) {
			return false
		}
		var a, b []Field
		for _, c := range f.Type.children() {
			a = append(a, *c)
		}
		for _, c := range g.Type.children() {
			b = append(b, *c)
		}
		if !sameNew(a, b, before) {
			return false
		}
	}
	return true
}

// conflict is the [ErrConflict] of a candidate that does not move along.
func (r *rebase) conflict(ctx context.Context) error {
	err := r.lake.db.View(ctx, func(tx metadb.Tx) error { return conflictOf(ctx, tx, r.candidate, r.found) })
	if moved := (*ConflictError)(nil); errors.As(err, &moved) {
		moved.candidate = nil
	}
	return err
}

// properties returns those that the candidate has set.
func (r *rebase) properties() iceberg.Properties {
	out, before := iceberg.Properties{}, r.before.meta.Properties()
	for k, v := range r.mine.meta.Properties() {
		if old, found := before[k]; !found || old != v {
			out[k] = v
		}
	}
	return out
}

// manifests returns the candidate's own, without a sequence number, so that
// their files get that of the new snapshot, and all of the new base. What the
// candidate had merged is merged again.
func (r *rebase) manifests(ctx context.Context, b *tableBuild, out *manifestSet) ([]iceberg.ManifestFile, error) {
	all, err := r.lake.manifestsOf(ctx, r.mine.meta.CurrentSnapshot(), r.reads)
	if err != nil {
		return nil, err
	}
	var own []iceberg.ManifestFile
	for _, m := range all {
		switch {
		case m.SnapshotID() != b.snapshotID:
		case m.HasExistingFiles(), !m.HasAddedFiles():
			r.merged = append(r.merged, m.FilePath())
		default:
			own = append(own, unnumbered(m))
		}
	}
	kept, err := b.baseManifests(ctx, out)
	if err != nil {
		return nil, err
	}
	if kept, err = b.mergeManifests(ctx, kept, out); err != nil {
		return nil, err
	}
	return slices.Concat(own, out.manifests, kept), nil
}

// superseded returns the names of the files that the rebased candidate no
// longer needs.
func (r *rebase) superseded() []string {
	var out []string
	for _, uri := range append(r.merged, r.mine.meta.CurrentSnapshot().ManifestList, r.mine.location) {
		if name, found := r.lake.store.Name(uri); found {
			out = append(out, name)
		}
	}
	return out
}

// journalRebase records what the stage does not need: before the rebase its new
// files, after it its old ones, together with the new location.
func (l *Lake) journalRebase(ctx context.Context, r *rebase, from, to string, spare []string) error {
	return l.db.Update(ctx, func(tx metadb.Tx) error {
		rows, err := stages(ctx, tx, `id = ? AND location = ? AND state IN (?, ?, ?)`, r.row.ID, from, stateCandidate, stateHeld, stateSent)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return stageGone(ctx, tx, r.row.ID)
		}
		all := append(rows[0].Spare, spare...)
		if to != "" {
			written := path.Base(to)
			all = slices.DeleteFunc(all, func(name string) bool { return belongsTo(name, written) })
			if _, err := tx.Exec(ctx, `UPDATE tarn_stage SET location = ?, base = ?, updated_at = ? WHERE id = ?`,
				to, r.onto.location, time.Now().UnixMicro(), r.row.ID); err != nil {
				return err
			}
		}
		return setSpare(ctx, tx, r.row.ID, all)
	})
}

// belongsTo reports whether a file was written together with a metadata file:
// their names share the id.
func belongsTo(name, metadata string) bool {
	_, id, _ := strings.Cut(strings.TrimSuffix(metadata, ".metadata.json"), "-")
	return strings.Contains(path.Base(name), id)
}
