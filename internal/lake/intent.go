package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// intentFormat is the format of the rows of tarn_intent.
const intentFormat = 1

// intent is a publication in somebody else's catalog. It is written down with
// everything that belongs to it before that catalog is asked, so that whoever
// finds it later can find out what became of it and end it: the pointers are
// there, the rest is here, and no transaction spans both.
type intent struct {
	ID, Run string
	// Steps are in the order in which they are taken.
	Steps []*step
	// Covered are stages whose files another step's candidate needs, GivenUp
	// those of candidates that were dropped again.
	Covered, GivenUp []string
	// Made and Gone are namespaces.
	Made, Gone []string

	statements []statement
}

// step is the change of one name.
type step struct {
	Name ident.Table
	Kind EntryKind
	// Drop takes the name out of the catalog.
	Drop bool
	// Base is the location that the step goes on from, "" for none. Since is
	// when a base that no commit of ours has made became current, by its own
	// account; 0 is one of ours.
	Base  string
	Since int64
	// Stage has the candidate, which was at Location when the intent was written.
	Stage, Location string

	candidate *Candidate
	// taken: the other side has it; now is the state that it led to.
	taken bool
	now   *Table
}

// stages are those that the intent needs to be left alone.
func (in *intent) stages() (ids []string) {
	for _, s := range in.Steps {
		if s.Stage != "" {
			ids = append(ids, s.Stage)
		}
	}
	return append(ids, in.Covered...)
}

// write writes the intent down, with the statements of fn, which are not
// carried out yet.
func (in *intent) write(ctx context.Context, l *Lake, fn func(metadb.Tx) error) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	in.ID = id.String()
	plan, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return l.db.Update(ctx, func(tx metadb.Tx) error {
		for _, id := range in.stages() {
			n, err := setState(ctx, tx, id, stateSent, stateCandidate, stateHeld)
			if err == nil && n == 0 {
				err = stageGone(ctx, tx, id)
			}
			if err != nil {
				return err
			}
		}
		if in.statements, err = rehearse(ctx, tx, fn); err != nil {
			return err
		}
		statements, err := json.Marshal(in.statements)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO tarn_intent (id, format, run, plan, statements, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
			in.ID, intentFormat, in.Run, string(plan), string(statements), time.Now().UnixMicro())
		return err
	})
}

// intents reads those that were not ended.
func intents(ctx context.Context, tx metadb.Tx) (all []*intent, err error) {
	rows, err := tx.Query(ctx, `SELECT id, format, plan, statements FROM tarn_intent ORDER BY created_at, id`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id, plan, statements string
		var format int
		if err := rows.Scan(&id, &format, &plan, &statements); err != nil {
			return nil, err
		}
		if format > intentFormat {
			return nil, fmt.Errorf("the publication %s has format %d; this version of Tarn knows %d", id, format, intentFormat)
		}
		in := &intent{}
		if err := errors.Join(json.Unmarshal([]byte(plan), in), json.Unmarshal([]byte(statements), &in.statements)); err != nil {
			return nil, fmt.Errorf("the publication %s: %w", id, err)
		}
		in.ID = id
		all = append(all, in)
	}
	return all, rows.Err()
}

// end takes the intent away; false is somebody else's having done so.
func (in *intent) end(ctx context.Context, tx metadb.Tx) (mine bool, err error) {
	n, err := tx.Exec(ctx, `DELETE FROM tarn_intent WHERE id = ?`, in.ID)
	return n == 1, err
}

// record writes down what the other side has: of all steps with what belongs to
// them, or of those that were taken alone.
func (in *intent) record(ctx context.Context, l *Lake) error {
	complete := true
	for _, s := range in.Steps {
		complete = complete && s.taken
	}
	err := l.db.Update(ctx, func(tx metadb.Tx) error {
		if mine, err := in.end(ctx, tx); err != nil || !mine {
			return err
		}
		when, err := commitTime(ctx, tx)
		if err != nil {
			return err
		}
		for _, s := range in.Steps {
			if err := s.record(ctx, tx, l, when); err != nil {
				return err
			}
		}
		return in.recordRest(ctx, tx, complete)
	})
	if err != nil {
		return fmt.Errorf("record what was published: %w", err)
	}
	for _, s := range in.Steps {
		if s.candidate != nil && s.now != nil {
			s.candidate.Location = s.now.location
		}
	}
	return nil
}

// recordRest writes down what belongs to the steps, if all were taken.
func (in *intent) recordRest(ctx context.Context, tx metadb.Tx, complete bool) error {
	covered := stateCandidate
	if complete {
		covered = stateCommitted
	}
	for _, id := range in.Covered {
		if _, err := setState(ctx, tx, id, covered, stateSent); err != nil {
			return err
		}
	}
	if !complete {
		return nil
	}
	for _, id := range in.GivenUp {
		if _, err := setState(ctx, tx, id, stateDropped, stateCandidate, stateHeld, stateSent); err != nil {
			return err
		}
	}
	return replay(ctx, tx, in.statements, in.moved())
}

// moved are the locations of candidates with those that the other side chose.
func (in *intent) moved() map[string]string {
	to := map[string]string{}
	for _, s := range in.Steps {
		if s.now != nil {
			to[s.Location] = s.now.location
		}
	}
	return to
}

func (s *step) record(ctx context.Context, tx metadb.Tx, l *Lake, when time.Time) error {
	if !s.taken {
		if s.Stage == "" {
			return nil
		}
		_, err := setState(ctx, tx, s.Stage, stateCandidate, stateSent)
		return err
	}
	if s.Since != 0 {
		// Another writer's record of the same base is as good.
		if known, err := recorded(ctx, tx, s.Base); err != nil {
			return err
		} else if !known {
			if err := recordPointer(ctx, tx, Entry{Name: s.Name, Kind: s.Kind, Location: s.Base}, -1, time.UnixMicro(s.Since)); err != nil {
				return err
			}
		}
	}
	if s.Drop {
		if err := recordPointer(ctx, tx, Entry{Name: s.Name, Kind: dropped}, 0, when); err != nil {
			return err
		}
		return dropHeld(ctx, tx, s.Name)
	}
	rows, err := stages(ctx, tx, `id = ?`, s.Stage)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return stageGone(ctx, tx, s.Stage)
	}
	spare := rows[0].Spare
	if name, inside := l.store.Name(rows[0].Location); inside && s.now.location != rows[0].Location {
		spare = append(spare, name) // the other side has written its own
	}
	if _, err := tx.Exec(ctx, `UPDATE tarn_stage SET state = ?, location = ? WHERE id = ?`, stateCommitted, s.now.location, s.Stage); err != nil {
		return err
	}
	if err := setSpare(ctx, tx, s.Stage, spare); err != nil {
		return err
	}
	if err := recordPointer(ctx, tx, s.now.Entry(), s.now.snapshotID(), when); err != nil {
		return err
	}
	return dropHeld(ctx, tx, s.Name, s.Stage)
}
