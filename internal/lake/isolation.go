package lake

import (
	"context"
	"strings"

	"github.com/apache/iceberg-go"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Isolation says what a change that writes data files again does where the
// table has moved since it was built, in the words of Iceberg's table
// properties write.update.isolation-level and the like.
type Isolation string

// The levels.
const (
	// Serializable makes any other change of the table a conflict; it is the
	// default.
	Serializable Isolation = "serializable"
	// SnapshotIsolation lets the change move along where others have only added
	// rows, or have changed other data files: their rows stay as they are,
	// whether or not the change would have been about them.
	SnapshotIsolation Isolation = "snapshot"
)

// Verb is what a statement does to the rows of a table.
type Verb string

// The verbs that have an isolation level of their own.
const (
	Update Verb = "update"
	Delete Verb = "delete"
	Merge  Verb = "merge"
)

// IsolationOf returns the level that the properties of a table ask for; later
// ones win.
func IsolationOf(verb Verb, properties ...map[string]string) (Isolation, error) {
	key := "write." + string(verb) + ".isolation-level"
	level := Serializable
	for _, p := range properties {
		if v, given := p[key]; given {
			level = Isolation(strings.ToLower(v))
		}
	}
	if level != Serializable && level != SnapshotIsolation {
		return "", diag.New("bad-property", diag.Place{}, "the table's property %s is `%s`", key, level).
			WithHint("it is %s or %s", Serializable, SnapshotIsolation)
	}
	return level, nil
}

// takeOver finds what an overwrite has done to its old base: the data files
// that it took out, which it takes out of the new one, and the manifests of
// those that it added. The others it writes anew.
func (r *rebase) takeOver(ctx context.Context, b *tableBuild) error {
	files := storeIO{ctx, r.reads}
	all, err := r.lake.manifestsOf(ctx, r.mine.meta.CurrentSnapshot(), r.reads)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.SnapshotID() != b.snapshotID {
			continue
		}
		added, others := 0, 0
		for e, err := range m.Entries(files, false) {
			if err != nil {
				return err
			}
			switch {
			case e.Status() == iceberg.EntryStatusADDED:
				added++
				continue
			case e.Status() == iceberg.EntryStatusDELETED && m.ManifestContent() == iceberg.ManifestContentData:
				b.change.Remove = append(b.change.Remove, e.DataFile().FilePath())
			}
			others++
		}
		if added > 0 && others > 0 {
			return r.conflict(ctx) // built in several steps
		}
	}
	return r.checkUntouched(ctx, b, files)
}

// checkUntouched makes a conflict of data files that are no longer there, and of
// deletes that came since: the rows that they delete were written again.
func (r *rebase) checkUntouched(ctx context.Context, b *tableBuild, files storeIO) error {
	before, err := r.before.manifestPaths(files)
	if err != nil {
		return err
	}
	now, err := r.lake.manifestsOf(ctx, r.onto.meta.CurrentSnapshot(), files.store)
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, uri := range b.change.Remove {
		gone[b.canonical(uri)] = true
	}
	for _, m := range now {
		if m.ManifestContent() == iceberg.ManifestContentDeletes && !before[m.FilePath()] {
			return r.conflict(ctx)
		}
		for e, err := range m.Entries(files, true) {
			if err != nil {
				return err
			}
			delete(gone, b.canonical(e.DataFile().FilePath()))
		}
	}
	if len(gone) > 0 {
		return r.conflict(ctx)
	}
	return ctx.Err()
}

func (t *Table) manifestPaths(files storeIO) (map[string]bool, error) {
	paths := map[string]bool{}
	s := t.meta.CurrentSnapshot()
	if s == nil {
		return paths, nil
	}
	all, err := s.Manifests(files)
	for _, m := range all {
		paths[m.FilePath()] = true
	}
	return paths, err
}
