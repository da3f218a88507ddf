package run

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/metadb"
)

const runColumns = `id, format, command, args, selected, excluded, principal, project, publish, vars, retry_of, state, message, pid, host, started, finished`

func insertRun(ctx context.Context, tx metadb.Tx, r Run) error {
	args, err := marshal(r.Args, r.Select, r.Exclude)
	if err != nil {
		return err
	}
	vars := "{}"
	if len(r.Vars) > 0 {
		vars = string(r.Vars)
	}
	_, err = tx.Exec(ctx, `INSERT INTO run (`+runColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, format, r.Command, args[0], args[1], args[2], r.Principal, r.Project, r.Publish, vars, r.RetryOf,
		string(r.State), r.Message, r.PID, r.Host, formatTime(r.Started), formatTime(r.Finished))
	return err
}

// runs reads runs; where is everything after FROM run.
func (j *Journal) runs(ctx context.Context, where string, args []any) (found []Run, err error) {
	err = j.db.View(ctx, func(tx metadb.Tx) error {
		found, err = collect(ctx, tx, scanRun, `SELECT `+runColumns+` FROM run `+where, args...)
		return err
	})
	return found, err
}

func scanRun(rows *sql.Rows) (r Run, err error) {
	var version int
	var args, selected, excluded, vars, started, finished string
	err = rows.Scan(&r.ID, &version, &r.Command, &args, &selected, &excluded, &r.Principal, &r.Project, &r.Publish,
		&vars, &r.RetryOf, &r.State, &r.Message, &r.PID, &r.Host, &started, &finished)
	if err != nil {
		return r, err
	}
	if version > format {
		return r, fmt.Errorf("the run %s was recorded in format %d by a newer program, this one knows %d", r.ID, version, format)
	}
	r.Vars = json.RawMessage(vars)
	var startErr, finishErr error
	r.Started, startErr = parseTime(started)
	r.Finished, finishErr = parseTime(finished)
	return r, errors.Join(startErr, finishErr, json.Unmarshal([]byte(args), &r.Args),
		json.Unmarshal([]byte(selected), &r.Select), json.Unmarshal([]byte(excluded), &r.Exclude))
}

// certainly writes what is the same however often it is written: once more where
// nobody can say whether it was.
func certainly(ctx context.Context, write func(context.Context, func(metadb.Tx) error) error, fn func(metadb.Tx) error) error {
	err := write(ctx, fn)
	if errors.Is(err, metadb.ErrFateUnknown) {
		err = write(ctx, fn)
	}
	return err
}

const stepColumns = `run_id, resource, attempt, number, kind, state, outcome, because, message, started, finished, rows, bytes, details`

// putStep writes a step as it is now, in place of what the journal has.
func putStep(ctx context.Context, tx metadb.Tx, s Step) error {
	details := "null"
	if len(s.Details) > 0 {
		details = string(s.Details)
	}
	_, err := tx.Exec(ctx, `INSERT INTO step (`+stepColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (run_id, resource, attempt) DO UPDATE SET number = excluded.number, kind = excluded.kind, state = excluded.state,
			outcome = excluded.outcome, because = excluded.because, message = excluded.message, started = excluded.started,
			finished = excluded.finished, rows = excluded.rows, bytes = excluded.bytes, details = excluded.details`,
		s.RunID, s.Resource, s.Attempt, s.Number, s.Kind, string(s.State), string(s.Outcome), s.Because, s.Message,
		formatTime(s.Started), formatTime(s.Finished), s.Rows, s.Bytes, details)
	return err
}

// steps reads steps; where is everything after FROM step.
func (j *Journal) steps(ctx context.Context, where string, args ...any) (found []Step, err error) {
	err = j.db.View(ctx, func(tx metadb.Tx) error {
		found, err = collect(ctx, tx, scanStep, `SELECT `+stepColumns+` FROM step `+where, args...)
		return err
	})
	return found, err
}

func scanStep(rows *sql.Rows) (s Step, err error) {
	var started, finished, details string
	err = rows.Scan(&s.RunID, &s.Resource, &s.Attempt, &s.Number, &s.Kind, &s.State, &s.Outcome, &s.Because, &s.Message,
		&started, &finished, &s.Rows, &s.Bytes, &details)
	if err != nil {
		return s, err
	}
	if details != "null" {
		s.Details = json.RawMessage(details)
	}
	var startErr, finishErr error
	s.Started, startErr = parseTime(started)
	s.Finished, finishErr = parseTime(finished)
	return s, errors.Join(startErr, finishErr)
}

func collect[T any](ctx context.Context, tx metadb.Tx, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func marshal(lists ...[]string) ([]string, error) {
	texts := make([]string, len(lists))
	for i, l := range lists {
		text, err := json.Marshal(append([]string{}, l...)) // [] rather than null
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return texts, nil
}
