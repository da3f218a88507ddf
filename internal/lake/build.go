package lake

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// Change is what a stage does to a table.
type Change struct {
	// Base is the state that the change builds on; nil creates the table.
	Base *Table
	// Onto is a candidate over Base whose rows the change goes on from, where a
	// stage is built again; what comes out is one snapshot over Base. nil is
	// Base itself.
	Onto *Table
	Op   Op
	// Schema with field ids (see AssignIDs). Append and Overwrite take base's
	// when it is zero, and else need all of base's columns, widened at most.
	Schema Schema
	// Partition of the new files. Append and Overwrite take base's when nil.
	Partition []PartitionField
	// Files are the data files that were written below DataDir; whatever else
	// lies there is removed.
	Files []NewFile
	// Remove names the data files that Overwrite takes out, by URI.
	Remove []string
	// Isolation says whether Overwrite moves along where the table does; "" is
	// Serializable.
	Isolation Isolation
	// Summary is kept with the snapshot, such as run and load id.
	Summary map[string]string
	// Properties are set on the table, and Unset are those that it no longer has.
	Properties map[string]string
	Unset      []string
	// Doc describes the table; "" leaves what is there.
	Doc string
	// Keys are those that the table is declared to have from now on; nil leaves
	// what is there.
	Keys []Key
}

// Build writes manifests and a metadata file, which together with the change's
// files are a candidate: nothing of it is visible, and until it is committed or
// held a power failure may take it. A stage can be built again; files of the
// earlier candidate that the new one does not need are removed.
func (s *Stage) Build(ctx context.Context, c Change) (*Candidate, error) {
	candidate, err := s.once(ctx, func() (*Candidate, error) { return s.build(ctx, c) })
	if err != nil {
		return nil, fmt.Errorf("build %s: %w", s.row.Name, err)
	}
	return candidate, nil
}

// once runs build, which ends by registering its candidate on a stage that is
// open. One that was dropped, before or meanwhile, must not keep files: its row
// may be gone, and then nobody would find them.
func (s *Stage) once(ctx context.Context, build func() (*Candidate, error)) (*Candidate, error) {
	candidate, err := build()
	if err != nil {
		return nil, errors.Join(err, s.clearIfDropped(context.WithoutCancel(ctx)))
	}
	return candidate, nil
}

// clearIfDropped removes the files of a stage that was dropped.
func (s *Stage) clearIfDropped(ctx context.Context) error {
	dropped := false
	err := s.lake.db.View(ctx, func(tx metadb.Tx) error {
		rows, err := stages(ctx, tx, `id = ?`, s.row.ID)
		dropped = err == nil && (len(rows) == 0 || rows[0].State == stateDropped)
		return err
	})
	if !dropped {
		return err
	}
	return s.lake.removeStage(ctx, s.row)
}

func (s *Stage) build(ctx context.Context, c Change) (*Candidate, error) {
	names, err := s.dataNames(c.Files)
	if err != nil {
		return nil, err
	}
	again := s.row.State == stateCandidate
	if !again {
		if err := s.removeUnlisted(ctx, names); err != nil {
			return nil, err
		}
	}
	b, err := s.newTableBuild(c)
	if err != nil {
		return nil, err
	}
	if err := b.writeSnapshot(ctx, names); err != nil {
		return nil, err
	}
	if _, err := b.remember(); err != nil {
		return nil, err
	}
	failpoint.Hit("lake.metadata-written")
	s.row.Kind, s.row.Op, s.row.Location, s.row.Records = TableEntry, b.op(), b.location(), b.added.records
	s.expect(c.Base)
	candidate, err := s.finish(ctx, append(b.needed, names...), again)
	if err == nil && !s.renamed {
		candidate.effect = b.effect()
	}
	if err == nil && c.Onto == nil { // what was built in steps stays where it is
		candidate.isolation = c.Isolation
	}
	return candidate, err
}

// finish makes what was built the stage's candidate: these files, and no others
// of an earlier one.
func (s *Stage) finish(ctx context.Context, needed []string, again bool) (*Candidate, error) {
	s.lake.unsynced.put(s.row.ID, needed)
	candidate, err := s.register(ctx)
	if err == nil && again {
		err = s.removeUnneeded(ctx, needed)
	}
	return candidate, err
}

// expect remembers which state readers must see when the candidate is
// committed, unless [Stage.Rename] has said it.
func (s *Stage) expect(base *Table) {
	if s.renamed {
		return
	}
	s.row.Base = ""
	if base != nil {
		s.row.Base = base.location
	}
}

// removeUnneeded removes what an earlier candidate of the stage has left.
func (s *Stage) removeUnneeded(ctx context.Context, needed []string) error {
	if err := s.removeUnlisted(ctx, needed); err != nil {
		return err
	}
	return s.removeBelow(ctx, s.row.MetadataPrefix, needed)
}

// register journals the candidate; from then on it can be committed.
func (s *Stage) register(ctx context.Context) (*Candidate, error) {
	r := &s.row
	err := s.lake.db.Note(ctx, func(tx metadb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE tarn_stage SET state = ?, updated_at = ?, kind = ?, op = ?, base = ?, location = ?, records = ?
			WHERE id = ? AND state IN (?, ?)`, stateCandidate, time.Now().UnixMicro(),
			r.Kind, r.Op, r.Base, r.Location, r.Records, r.ID, stateOpen, stateCandidate)
		if err == nil && n == 0 {
			err = stageGone(ctx, tx, r.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	r.State = stateCandidate
	return r.candidate(), nil
}

// dataNames returns the names in the store of the new files, which must lie in
// the stage.
func (s *Stage) dataNames(files []NewFile) ([]string, error) {
	names, seen := make([]string, len(files)), map[string]bool{}
	for i, f := range files {
		name, found := s.lake.store.Name(f.Path)
		if !found {
			name = f.Path
		}
		if objstore.CheckName(name) != nil || !strings.HasPrefix(name, s.row.DataPrefix+"/") {
			return nil, fmt.Errorf("data file %s lies outside the stage's folder %s", f.Path, s.row.DataPrefix)
		}
		if seen[name] {
			return nil, fmt.Errorf("data file %s is named twice", f.Path)
		}
		names[i], seen[name] = name, true
	}
	return names, nil
}

// removeUnlisted removes what a failed attempt left among the data files: once
// the stage is committed nobody would.
func (s *Stage) removeUnlisted(ctx context.Context, listed []string) error {
	return s.removeBelow(ctx, s.row.DataPrefix, listed)
}

func (s *Stage) removeBelow(ctx context.Context, prefix string, listed []string) error {
	if len(listed) == 0 {
		return s.lake.store.DeletePrefix(ctx, prefix)
	}
	keep := map[string]bool{}
	for _, name := range listed {
		keep[name] = true
	}
	var extra []string
	for info, err := range s.lake.store.List(ctx, prefix) {
		if err != nil {
			return err
		}
		if !keep[info.Name] {
			extra = append(extra, info.Name)
		}
	}
	return s.lake.store.Delete(ctx, extra...)
}
