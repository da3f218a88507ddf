package lake

import (
	"context"
	"time"

	"github.com/apache/iceberg-go/table"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// effect is what the catalog notes of a change besides its pointer.
type effect struct {
	snapshot int64 // which readers see; 0 is none
	expired  []expiredFile
}

// expiredFile leads to files that a table no longer has.
type expiredFile struct {
	kind     expiredKind
	location string
	snapshot int64
}

type expiredKind string

const (
	expiredSnapshot   expiredKind = "snapshot" // by its manifest list
	expiredStatistics expiredKind = "statistics"
	expiredMetadata   expiredKind = "metadata"
)

// effectOf compares a state with the one before, which may be nil.
func effectOf(base, next *Table) *effect {
	e := &effect{snapshot: next.snapshotID()}
	if base != nil && base.kind == TableEntry && next.kind == TableEntry {
		e.expired = expiredBetween(base.meta, next.meta)
	}
	return e
}

func (b *tableBuild) effect() *effect {
	e := &effect{snapshot: b.snapshotID}
	if b.base != nil {
		e.expired = expiredBetween(b.base, b.meta)
	}
	return e
}

// expiredBetween returns what one state of a table has and the next has not.
// Files of a table whose properties forbid that they are collected are left to
// whoever forbids it.
func expiredBetween(base, next table.Metadata) (out []expiredFile) {
	if base.TableUUID() != next.TableUUID() || !next.Properties().GetBool(table.GCEnabledKey, true) {
		return nil
	}
	kept := map[int64]bool{}
	for _, s := range snapshotsOf(next) {
		kept[s.SnapshotID] = true
	}
	for _, s := range snapshotsOf(base) {
		if !kept[s.SnapshotID] {
			out = append(out, expiredFile{expiredSnapshot, s.ManifestList, s.SnapshotID})
		}
	}
	statistics := statisticsOf(next)
	for path := range statisticsOf(base) {
		if !statistics[path] {
			out = append(out, expiredFile{kind: expiredStatistics, location: path})
		}
	}
	if !next.Properties().GetBool(table.MetadataDeleteAfterCommitEnabledKey, table.MetadataDeleteAfterCommitEnabledDefault) {
		return out
	}
	logged := map[string]bool{}
	for entry := range next.PreviousFiles() {
		logged[entry.MetadataFile] = true
	}
	for entry := range base.PreviousFiles() {
		if !logged[entry.MetadataFile] {
			out = append(out, expiredFile{kind: expiredMetadata, location: entry.MetadataFile})
		}
	}
	return out
}

func statisticsOf(meta table.Metadata) map[string]bool {
	paths := map[string]bool{}
	for s := range meta.Statistics() {
		paths[s.StatisticsPath] = true
	}
	for s := range meta.PartitionStatistics() {
		paths[s.StatisticsPath] = true
	}
	return paths
}

// findEffects reads those of candidates that another process has built, or
// that became the next state of another name.
func (l *Lake) findEffects(ctx context.Context, p Publication) error {
	covered := p.covered()
	for _, c := range p.Candidates {
		if c.effect != nil || covered[c.Stage] {
			continue
		}
		if c.Kind == ViewEntry {
			c.effect = &effect{}
			continue
		}
		next, err := l.LoadAt(ctx, c.Name, c.Kind, c.Location)
		if err != nil {
			return err
		}
		var base *Table
		if c.Base != "" {
			if base, err = l.loadPast(ctx, c.Name, c.Base); err != nil {
				return err
			}
		}
		c.effect = effectOf(base, next)
	}
	return nil
}

// loadPast loads a state that was a table or a view: what a state of the past
// was is not in its name.
func (l *Lake) loadPast(ctx context.Context, name ident.Table, location string) (*Table, error) {
	t, err := l.LoadAt(ctx, name, TableEntry, location)
	if err != nil {
		if v, asView := l.LoadAt(ctx, name, ViewEntry, location); asView == nil {
			return v, nil
		}
	}
	return t, err
}

// record notes that a name stands for a state from now on, and what its table
// no longer has.
func (e *effect) record(ctx context.Context, tx metadb.Tx, now Entry, when time.Time) error {
	if err := recordPointer(ctx, tx, now, e.snapshot, when); err != nil {
		return err
	}
	for _, f := range e.expired {
		if err := insertExpired(ctx, tx, now.Name, f, when); err != nil {
			return err
		}
	}
	return nil
}
