package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apache/iceberg-go/table"
	"github.com/apache/iceberg-go/view"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// revisions is how often a change is begun again because somebody of another
// process was quicker.
const revisions = 50

// revision is one name's way from what it stands for to what it shall.
type revision struct {
	name ident.Table
	kind EntryKind
	// next makes the new state from the one that is there, nil for none.
	next func(ctx context.Context, base *Table) (state, error)
}

// state is what a metadata file will say; the zero value is no change.
type state struct {
	table table.Metadata
	view  view.Metadata
}

func (s state) isZero() bool { return s.table == nil && s.view == nil }

func (s state) place() (location string, properties map[string]string) {
	if s.view != nil {
		return s.view.Location(), s.view.Properties()
	}
	return s.table.Location(), s.table.Properties()
}

func (s state) encode() ([]byte, error) {
	if s.view != nil {
		return json.Marshal(s.view)
	}
	return json.Marshal(s.table)
}

// Writer is who changes the catalog for others, such as a server.
type Writer struct {
	// Run is the id that its stages carry; see [Lake.Sweep].
	Run string
	// AssignPlaces lets tables that ask for a place outside the warehouse have
	// one inside; without it they are refused.
	AssignPlaces bool

	lake *Lake
}

// Writer returns w for this lake.
func (l *Lake) Writer(w Writer) *Writer {
	w.lake = l
	return &w
}

// After is what belongs to the same transaction as a change, given the states
// that the change leads to.
type After func(tx metadb.Tx, now []*Table) error

// revise changes all names at once or none.
func (w *Writer) revise(ctx context.Context, all []revision, after After) ([]*Table, error) {
	keys := make([]string, len(all))
	for i, r := range all {
		keys[i] = r.name.Key()
	}
	leave, err := w.lake.queue.enter(ctx, keys...)
	if err != nil {
		return nil, err
	}
	defer leave()
	for begun := 1; ; begun++ {
		now, err := w.reviseOnce(ctx, all, after)
		moved := errors.Is(err, ErrConflict) || errors.Is(err, ErrStageGone)
		if err == nil || !moved || begun == revisions {
			return now, err
		}
	}
}

func (w *Writer) reviseOnce(ctx context.Context, all []revision, after After) (now []*Table, err error) {
	var p Publication
	var same []Entry
	claims := map[ident.Table]map[string]string{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.giveUp(context.WithoutCancel(ctx), p.Candidates))
		}
	}()
	for _, r := range all {
		base, err := w.lake.Find(ctx, r.name)
		if err != nil {
			return nil, err
		}
		next, err := r.next(ctx, base)
		if err != nil {
			return nil, err
		}
		if next.isZero() {
			same, now = append(same, base.Entry()), append(now, base)
			continue
		}
		claims[r.name] = w.claims(base, next)
		c, t, err := w.propose(ctx, r, base, next)
		if c != nil {
			p.Candidates = append(p.Candidates, c)
		}
		if err != nil {
			return nil, err
		}
		now = append(now, t)
	}
	return now, w.lake.Publish(ctx, p, func(tx metadb.Tx) error {
		for _, e := range same {
			if err := unmoved(ctx, tx, e); err != nil {
				return err
			}
		}
		for name, folders := range claims {
			for folder, what := range folders {
				if err := w.lake.isFree(ctx, tx, name, what, folder); err != nil {
					return err
				}
			}
		}
		if after == nil {
			return nil
		}
		return after(tx, now)
	})
}

// unmoved makes a conflict of a pointer that moved.
func unmoved(ctx context.Context, tx metadb.Tx, e Entry) error {
	current, _, err := pointer(ctx, tx, e.Name)
	if err == nil && current.Location != e.Location {
		err = conflictOf(ctx, tx, &Candidate{Name: e.Name, Base: e.Location}, current)
	}
	return err
}

// propose journals a stage for a new state and writes its metadata file. The
// candidate is returned from the moment that it has a stage.
func (w *Writer) propose(ctx context.Context, r revision, base *Table, next state) (*Candidate, *Table, error) {
	data, err := next.encode()
	if err != nil {
		return nil, nil, fmt.Errorf("write the metadata of %s: %w", r.name, err)
	}
	t, err := w.stateOf(r, base, next)
	if err != nil {
		return nil, nil, err
	}
	row, name, err := w.stage(ctx, r, base, next)
	if err != nil {
		return nil, nil, err
	}
	failpoint.Hit("lake.stage-journaled")
	c := row.candidate()
	if err := objstore.WriteAll(ctx, w.lake.store, name, data); err != nil {
		return c, nil, fmt.Errorf("write the metadata of %s: %w", r.name, err)
	}
	w.lake.unsynced.put(row.ID, []string{name})
	failpoint.Hit("lake.metadata-written")
	t.location = row.Location
	c.effect = effectOf(base, t)
	if t.kind == TableEntry {
		t.iceberg = t.asIceberg()
	}
	return c, t, nil
}

// stateOf is the table or view that a state makes, but for where it is. One
// with columns that could not be read here any more is refused.
func (w *Writer) stateOf(r revision, base *Table, next state) (*Table, error) {
	t := &Table{lake: w.lake, name: r.name, kind: r.kind, meta: next.table, view: next.view}
	if base != nil {
		t.name = base.name
	}
	if err := t.convertSchemas(); err != nil {
		return nil, refuse(ErrInvalid, "%s %s would have columns that are not read here: %v", r.kind.word(), r.name, err)
	}
	return t, nil
}

// stage journals where the metadata file will be, as a candidate: it is
// committed by whoever writes it, or by nobody.
func (w *Writer) stage(ctx context.Context, r revision, base *Table, next state) (stageRow, string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return stageRow{}, "", err
	}
	data, metadata, uri := w.folders(r.name, next)
	row := stageRow{ID: id.String(), Run: w.Run, Step: "", Name: r.name, State: stateCandidate, Kind: r.kind, Op: Overwrite,
		DataPrefix: data + "/" + id.String(), MetadataPrefix: metadata + "/" + id.String()}
	before := ""
	if base != nil {
		row.Base, before = base.location, base.location
	}
	file := "/" + metadataFile(before, uuid.New())
	row.Location = uri + "/" + id.String() + file
	err = w.lake.db.Note(ctx, func(tx metadb.Tx) error {
		if err := insertStage(ctx, tx, row); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE tarn_stage SET kind = ?, op = ?, base = ?, location = ? WHERE id = ?`,
			row.Kind, row.Op, row.Base, row.Location, row.ID)
		return err
	})
	if err != nil {
		return row, "", fmt.Errorf("stage %s: %w", r.name, err)
	}
	return row, row.MetadataPrefix + file, nil
}

// folders are those of the files of a state: where it lies itself, or, if that
// is not in the warehouse, where tables of that name lie. uri is how the one of
// the metadata is written: an engine that chose it finds it as it wrote it.
func (w *Writer) folders(name ident.Table, next state) (data, metadata, uri string) {
	location, properties := next.place()
	folder, inside := w.lake.folder(strings.TrimRight(location, "/"))
	if !inside {
		folder = tableFolder(name)
	}
	data, metadata = folder+"/data", folder+"/metadata"
	chosen := strings.TrimRight(properties[table.WriteMetadataPathKey], "/")
	if inWarehouse, inside := w.lake.folder(chosen); inside {
		return data, inWarehouse, chosen
	}
	return data, metadata, w.lake.store.URI(metadata)
}

// giveUp removes what was written for candidates that were not committed.
func (w *Writer) giveUp(ctx context.Context, candidates []*Candidate) error {
	var errs []error
	for _, c := range candidates {
		var rows []stageRow
		err := w.lake.db.Update(ctx, func(tx metadb.Tx) (err error) {
			if _, err := setState(ctx, tx, c.Stage, stateDropped, stateCandidate, stateHeld); err != nil {
				return err
			}
			rows, err = stages(ctx, tx, `id = ? AND state = ?`, c.Stage, stateDropped)
			return err
		})
		for _, r := range rows {
			err = errors.Join(err, w.lake.removeStage(ctx, r))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Changed returns when the state was made, as it says itself.
func (t *Table) Changed() time.Time { return t.updated().UTC() }
