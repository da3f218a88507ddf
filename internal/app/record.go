package app

import (
	"context"
	"errors"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/audit/jsonlines"
	"github.com/tarn-lake/tarn/internal/audit/kafka"
	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/serve"
)

// record is the record of statements, as this process writes it.
type record struct {
	*audit.Log
	// present makes the process one that is known to live; nil is somebody
	// else's.
	present *run.Presence
	// file is told by every process, kafka by those that last; nil is none.
	file  *jsonlines.Sink
	kafka *kafka.Sink
	// lenient lets run what cannot be recorded.
	lenient bool
}

// recording opens the record of statements, once, for a process that is present
// already, or that is made so (nil).
func (a *App) recording(ctx context.Context, present *run.Presence) (*record, error) {
	if a.record != nil {
		return a.record, nil
	}
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	r := &record{lenient: a.config.Audit.OnFailure == config.RunUnrecorded}
	process := present
	if process == nil {
		if r.present, err = s.journal.Attend(ctx, a.options.Command, a.options.Logger); err != nil {
			return nil, err
		}
		process = r.present
	}
	sinks, err := r.sinks(ctx, a)
	if err == nil {
		r.Log, err = audit.Open(ctx, audit.Options{
			State: s.state, Process: process.ID(), Live: s.journal.Live, Sinks: sinks, Keep: a.config.Audit.Keep, Logger: a.options.Logger,
		})
	}
	if err != nil {
		return nil, errors.Join(err, r.leave())
	}
	a.record = r
	return r, nil
}

func (r *record) leave() error {
	if r.kafka != nil {
		r.kafka.Close()
	}
	if r.present == nil {
		return nil
	}
	return r.present.Leave(context.Background())
}

// close writes what is left. What the file is to be told it is told now; for
// Kafka that keeps until there is a process that lasts.
func (r *record) close() error {
	err := r.Log.Close()
	if r.file != nil {
		within, stop := context.WithTimeout(context.Background(), lastWordsWithin)
		defer stop()
		err = errors.Join(err, r.Drain(within, r.file))
	}
	return errors.Join(err, r.leave())
}

// watch shows how the record is.
func (r *record) watch(m *serve.Metrics) {
	m.Watch("tarn_record_lag_events", "Events of statements that are still to be told, by who is.", "sink", func(ctx context.Context) (map[string]float64, error) {
		return r.lag(ctx, func(l audit.Lag) float64 { return float64(l.Events) })
	})
	m.Watch("tarn_record_lag_seconds", "How long the oldest of these events waits, by who is to be told.", "sink", func(ctx context.Context) (map[string]float64, error) {
		return r.lag(ctx, func(l audit.Lag) float64 {
			if l.Since.IsZero() {
				return 0
			}
			return time.Since(l.Since).Seconds()
		})
	})
}

func (r *record) lag(ctx context.Context, value func(audit.Lag) float64) (map[string]float64, error) {
	lags, err := r.Lag(ctx)
	values := map[string]float64{}
	for sink, l := range lags {
		values[sink] = value(l)
	}
	return values, err
}

// endRecord closes the record while the process is still known to live.
func (a *App) endRecord() error {
	if a.record == nil {
		return nil
	}
	err := a.record.close()
	a.record = nil
	return err
}

// lastWordsWithin is how long a process takes at its end to tell what it has
// recorded.
const lastWordsWithin = 5 * time.Second

// sinks are who is told of statements.
func (r *record) sinks(ctx context.Context, a *App) (list []audit.Sink, err error) {
	c := a.config.Audit
	if c.File != "" {
		r.file = jsonlines.New(jsonlines.Options{Path: a.within(c.File), Size: int64(c.FileSize)})
		list = append(list, r.file)
	}
	if len(c.Kafka.Brokers) > 0 {
		password, err := a.secretSetting(ctx, "audit.kafka.password", c.Kafka.Password)
		if err != nil {
			return nil, err
		}
		r.kafka, err = kafka.New(kafka.Options{
			Brokers: c.Kafka.Brokers, Topic: c.Kafka.Topic, TLS: c.Kafka.TLS, CA: a.within(c.Kafka.CA),
			Mechanism: c.Kafka.Mechanism, User: c.Kafka.User, Password: password,
		})
		if err != nil {
			return nil, diag.New("bad-setting", diag.Place{File: config.File}, "`audit.kafka`: %v", err).WithCause(err)
		}
		list = append(list, r.kafka)
	}
	return list, nil
}

// submit puts a statement on record. One that cannot be does not run, unless the
// settings say otherwise; nil is one that is not on record.
func (r *record) submit(ctx context.Context, st audit.Statement) (*audit.Entry, error) {
	e, err := r.Submit(ctx, st)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return r.taken(st, e, err)
}

// brief puts a statement on record that is about its session alone, as submit does
// with others.
func (r *record) brief(st audit.Statement) (*audit.Entry, error) {
	e, err := r.Brief(st)
	return r.taken(st, e, err)
}

func (r *record) taken(st audit.Statement, e *audit.Entry, err error) (*audit.Entry, error) {
	switch {
	case err == nil:
		return e, nil
	case r.lenient:
		r.Logger.Warn("a statement runs that is not on record", "principal", st.Principal, "error", err.Error())
		return nil, nil
	}
	return nil, diag.New("not-recorded", diag.Place{}, "the statement cannot be put on record, and does not run: %v", err).WithCause(err).
		WithHint("see that the state database can be written; audit.on_failure: run lets statements run that are not on record")
}

// asked is a text of whoever runs the command.
func (a *App) asked(sql string) audit.Statement {
	return audit.Statement{Principal: a.principal.String(), Roles: []string{"owner"}, Protocol: "command", Application: "tarn " + a.options.Command, SQL: sql}
}

// Query runs a person's SELECT through the gate, on record. The reader must be
// released.
func (a *App) Query(ctx context.Context, r QueryRequest) (array.RecordReader, error) {
	log, err := a.recording(ctx, nil)
	if err != nil {
		return nil, err
	}
	entry, err := log.submit(ctx, a.asked(r.SQL))
	if err != nil {
		return nil, err
	}
	r.decided = &gate.Decisions{}
	rows, err := a.ask(ctx, r)
	entry.Decided(r.decided.Policies())
	if err != nil {
		entry.Finish(audit.OutcomeOf(ctx, err))
		return nil, err
	}
	entry.Planned(rows.Tables)
	return audit.Rows(ctx, rows, entry), nil
}
