package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Sink is somebody who is told what happens to statements.
type Sink interface {
	// Name is what the sink is known by from one process to the next.
	Name() string
	// Deliver tells of events, in order, and returns when they are safe. Events
	// of which one was not told are told again, all of them.
	Deliver(ctx context.Context, events []Event) error
}

// How deliveries go.
const (
	batchSize = 500
	// poll is how often is looked for what other processes have recorded.
	poll = time.Second
	// deliverWithin is shorter than claims are respected by other processes.
	deliverWithin = 10 * time.Second
	retryFirst    = 200 * time.Millisecond
	retryLast     = 15 * time.Second
)

// Drain tells sinks what is left to tell, as far as they can be reached, for
// processes that end soon. One that another process tells is left to it.
func (l *Log) Drain(ctx context.Context, sinks ...Sink) error {
	var errs []error
	for _, s := range sinks {
		errs = append(errs, l.drain(ctx, s))
	}
	return errors.Join(errs...)
}

// drain tells one sink everything that there is.
func (l *Log) drain(ctx context.Context, s Sink) error {
	if events, err := l.next(ctx, s.Name(), 1); err != nil || len(events) == 0 {
		return err
	}
	claim, err := l.State.Claim(ctx, "audit-"+s.Name())
	if err != nil {
		return err
	}
	defer claim.Release()
	for {
		n, err := l.deliver(ctx, s)
		if err != nil || n == 0 {
			return err
		}
	}
}

// deliver tells a sink of the next events, and returns how many there were.
func (l *Log) deliver(ctx context.Context, s Sink) (int, error) {
	events, err := l.next(ctx, s.Name(), batchSize)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	within, stop := context.WithTimeout(ctx, deliverWithin)
	defer stop()
	if err := s.Deliver(within, events); err != nil {
		return 0, fmt.Errorf("tell %s of statements: %w", s.Name(), err)
	}
	last := events[len(events)-1].Position
	err = l.State.Note(context.WithoutCancel(ctx), func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO statement_delivery (sink, position) VALUES (?, ?)
			ON CONFLICT (sink) DO UPDATE SET position = CASE WHEN excluded.position > statement_delivery.position THEN excluded.position ELSE statement_delivery.position END`, s.Name(), last)
		if err != nil {
			return err
		}
		return l.forget(ctx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("note what %s was told: %w", s.Name(), err)
	}
	return len(events), nil
}

// next are the events that a sink was not told of, oldest first.
func (l *Log) next(ctx context.Context, sink string, most int) (events []Event, err error) {
	err = l.State.View(ctx, func(tx metadb.Tx) error {
		events = nil
		rows, err := tx.Query(ctx, `SELECT `+columns+`, e.position, e.kind, e.at FROM statement_event e JOIN statement ON statement.id = e.statement_id
			WHERE e.position > (SELECT coalesce(max(position), 0) FROM statement_delivery WHERE sink = ?) ORDER BY e.position LIMIT ?`, sink, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var position int64
			var what, at string
			r, err := scan(rows, &position, &what, &at)
			if err != nil {
				return err
			}
			when, err := parseTime(at)
			if err != nil {
				return err
			}
			events = append(events, eventOf(position, kind(what), when, r))
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read what %s is to be told: %w", sink, err)
	}
	return events, nil
}

// forget removes the events that every sink was told of, of this process and of
// others.
func (l *Log) forget(ctx context.Context, tx metadb.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM statement_event WHERE position <= (SELECT min(position) FROM statement_delivery)`)
	return err
}

// register makes the sinks known to all processes: what others record is for them,
// too.
func (l *Log) register(ctx context.Context) error {
	known, err := l.registered(ctx)
	if err != nil {
		return err
	}
	l.telling = len(known)+len(l.Sinks) > 0
	if !slices.ContainsFunc(l.Sinks, func(s Sink) bool { return !slices.Contains(known, s.Name()) }) {
		return nil
	}
	return l.State.Note(ctx, func(tx metadb.Tx) error {
		for _, s := range l.Sinks {
			if _, err := tx.Exec(ctx, `INSERT INTO statement_delivery (sink, position) VALUES (?, 0) ON CONFLICT (sink) DO NOTHING`, s.Name()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *Log) registered(ctx context.Context) (known []string, err error) {
	err = l.State.View(ctx, func(tx metadb.Tx) error {
		known, err = texts(ctx, tx, `SELECT sink FROM statement_delivery`)
		return err
	})
	return known, err
}

// settle lets go of sinks that are in the settings no longer, with what was kept
// for them.
func (l *Log) settle(ctx context.Context) error {
	known, err := l.registered(ctx)
	if err != nil {
		return err
	}
	return l.State.Note(ctx, func(tx metadb.Tx) error {
		for _, name := range known {
			if slices.ContainsFunc(l.Sinks, func(s Sink) bool { return s.Name() == name }) {
				continue
			}
			if _, err := tx.Exec(ctx, `DELETE FROM statement_delivery WHERE sink = ?`, name); err != nil {
				return err
			}
		}
		if len(l.Sinks) == 0 {
			_, err := tx.Exec(ctx, `DELETE FROM statement_event`)
			return err
		}
		return l.forget(ctx, tx)
	})
}

// Lag is how many events each sink is still to be told of, and since when the
// oldest of them waits.
func (l *Log) Lag(ctx context.Context) (map[string]Lag, error) {
	lag := map[string]Lag{}
	err := l.State.View(ctx, func(tx metadb.Tx) error {
		for _, s := range l.Sinks {
			var n int64
			var at string
			err := tx.QueryRow(ctx, `SELECT count(*), coalesce(min(at), '') FROM statement_event
				WHERE position > (SELECT coalesce(max(position), 0) FROM statement_delivery WHERE sink = ?)`, s.Name()).Scan(&n, &at)
			if err != nil {
				return err
			}
			since, err := parseTime(at)
			if err != nil {
				return err
			}
			lag[s.Name()] = Lag{Events: n, Since: since}
		}
		return nil
	})
	return lag, err
}

// Lag is how far a sink is behind.
type Lag struct {
	Events int64
	// Since is when the oldest of them happened; zero where there is none.
	Since time.Time
}
