package lake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// journalFormat is the format of the rows of tarn_stage.
const journalFormat = 1

// stageState is where a stage is on its way; see the package documentation.
type stageState string

const (
	stateOpen      stageState = "open"
	stateCandidate stageState = "candidate"
	stateCommitted stageState = "committed"
	// stateSent: somebody else's catalog is asked to publish it; see [intent].
	stateSent    stageState = "sent"
	stateHeld    stageState = "held"
	stateDropped stageState = "dropped"
)

// stageRow is a row of the journal.
type stageRow struct {
	ID, Run, Step              string
	Name                       ident.Table
	DataPrefix, MetadataPrefix string
	State                      stageState
	Kind                       EntryKind
	Op                         Op
	Base, Location             string
	Records                    int64
	Reason                     string
	Spare                      []string
	Created, Updated           time.Time
}

func insertStage(ctx context.Context, tx metadb.Tx, r stageRow) error {
	now := time.Now().UnixMicro()
	_, err := tx.Exec(ctx, `INSERT INTO tarn_stage
		(id, format, run, step, namespace, name, table_key, data_prefix, metadata_prefix, state, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, journalFormat, r.Run, r.Step, r.Name.Namespace, r.Name.Name, r.Name.Key(),
		r.DataPrefix, r.MetadataPrefix, r.State, now, now)
	return err
}

const stageColumns = `id, format, run, step, namespace, name, data_prefix, metadata_prefix, state,
	kind, op, base, location, records, reason, spare, created_at, updated_at`

// stages reads the rows that a condition selects, oldest first.
func stages(ctx context.Context, tx metadb.Tx, where string, args ...any) (out []stageRow, err error) {
	rows, err := tx.Query(ctx, `SELECT `+stageColumns+` FROM tarn_stage WHERE `+where+` ORDER BY created_at, id`, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, err := scanStage(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func scanStage(rows *sql.Rows) (stageRow, error) {
	var r stageRow
	var format int
	var spare string
	var created, updated int64
	if err := rows.Scan(&r.ID, &format, &r.Run, &r.Step, &r.Name.Namespace, &r.Name.Name, &r.DataPrefix,
		&r.MetadataPrefix, &r.State, &r.Kind, &r.Op, &r.Base, &r.Location, &r.Records, &r.Reason,
		&spare, &created, &updated); err != nil {
		return r, err
	}
	if format > journalFormat {
		return r, fmt.Errorf("stage %s has format %d; this version of Tarn knows %d", r.ID, format, journalFormat)
	}
	if err := json.Unmarshal([]byte(spare), &r.Spare); err != nil {
		return r, fmt.Errorf("stage %s: %w", r.ID, err)
	}
	r.Created, r.Updated = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	return r, nil
}

// setState moves a stage to a state if it is in one of the states from, and
// returns 1 if it was.
func setState(ctx context.Context, tx metadb.Tx, id string, to stageState, from ...stageState) (int64, error) {
	args := []any{to, time.Now().UnixMicro(), id}
	for _, s := range from {
		args = append(args, s)
	}
	return tx.Exec(ctx, `UPDATE tarn_stage SET state = ?, updated_at = ? WHERE id = ? AND state IN (?`+
		strings.Repeat(", ?", len(from)-1)+`)`, args...)
}

// setSpare records names below the stage's prefixes that its candidate does
// not need.
func setSpare(ctx context.Context, tx metadb.Tx, id string, names []string) error {
	text, err := spareText(names)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE tarn_stage SET spare = ?, updated_at = ? WHERE id = ?`, text, time.Now().UnixMicro(), id)
	}
	return err
}

// spareText is how the names are kept.
func spareText(names []string) (string, error) {
	if names == nil {
		names = []string{}
	}
	text, err := json.Marshal(names)
	return string(text), err
}

// stageGone says what became of a stage that is not where it should be.
func stageGone(ctx context.Context, tx metadb.Tx, id string) error {
	rows, err := stages(ctx, tx, `id = ?`, id)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("stage %s was removed: %w", id, ErrStageGone)
	}
	return fmt.Errorf("stage %s is %s: %w", id, rows[0].State, ErrStageGone)
}

// dropHeld drops what is held for a table, except the given stages.
func dropHeld(ctx context.Context, tx metadb.Tx, name ident.Table, except ...string) error {
	args := []any{stateDropped, time.Now().UnixMicro(), name.Key(), stateHeld}
	for _, id := range except {
		args = append(args, id)
	}
	_, err := tx.Exec(ctx, `UPDATE tarn_stage SET state = ?, reason = 'superseded', updated_at = ?
		WHERE table_key = ? AND state = ?`+strings.Repeat(" AND id <> ?", len(except)), args...)
	return err
}
