package lake

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// swapOutside publishes in somebody else's catalog: it writes down what it
// intends, asks, and records what became of it.
func (l *Lake) swapOutside(ctx context.Context, p Publication, fn func(metadb.Tx) error) error {
	var keys []string
	for _, c := range p.Candidates {
		keys = append(keys, c.Name.Key())
	}
	for _, d := range p.Drops {
		keys = append(keys, d.Name.Key())
	}
	leave, err := l.queue.enter(ctx, keys...)
	if err != nil {
		return err
	}
	defer leave()
	in, err := l.intend(ctx, p)
	if err != nil {
		return err
	}
	if err := l.sync(ctx, stagesOf(p.Candidates), nil); err != nil {
		return err
	}
	if err := in.write(ctx, l, fn); err != nil {
		return err
	}
	failpoint.Hit("lake.outside.intended")
	return l.carryOut(ctx, in)
}

// intend plans a publication. What goes comes first, then what may conflict,
// then what moves along, in reverse: where one is refused, as little as can be
// was published before, and the last is what the rest belongs to.
func (l *Lake) intend(ctx context.Context, p Publication) (*intent, error) {
	in := &intent{Made: p.Namespaces, Gone: p.Gone}
	covered, givenUp := p.covered(), p.givenUp()
	for id := range covered {
		if givenUp[id] {
			in.GivenUp = append(in.GivenUp, id)
		} else {
			in.Covered = append(in.Covered, id)
		}
	}
	for _, d := range p.Drops {
		if d.Base == "" {
			continue
		}
		s, err := l.stepFrom(ctx, &Candidate{Name: d.Name, Base: d.Base})
		if err != nil {
			return nil, err
		}
		s.Drop = true
		in.Steps = append(in.Steps, s)
	}
	var along []*step
	for _, c := range p.Candidates {
		in.Run = c.Run
		if covered[c.Stage] {
			continue
		}
		s, err := l.stepFrom(ctx, c)
		if err != nil {
			return nil, err
		}
		if c.Base != "" && s.Kind != c.Kind {
			gone := *s
			gone.Drop = true
			in.Steps = append(in.Steps, &gone)
			s.Base, s.Since = "", 0
		}
		s.Kind, s.Stage, s.Location, s.candidate = c.Kind, c.Stage, c.Location, c
		if c.movesAlong() {
			along = append(along, s)
		} else {
			in.Steps = append(in.Steps, s)
		}
	}
	slices.Reverse(along)
	in.Steps = append(in.Steps, along...)
	return in, nil
}

// stepFrom begins a step at what the name stands for, which must be the base.
func (l *Lake) stepFrom(ctx context.Context, c *Candidate) (*step, error) {
	current, found, err := l.currentEntry(ctx, c.Name)
	if err != nil {
		return nil, err
	}
	if current.Location != c.Base {
		return nil, l.conflict(ctx, c, current)
	}
	s := &step{Name: c.Name, Kind: c.Kind, Base: c.Base}
	if !found {
		return s, nil
	}
	s.Name, s.Kind = current.Name, current.Kind
	s.Since, err = l.since(ctx, current)
	return s, err
}

// since is when a state became current that no commit of ours has made, by its
// own account; 0 is one of ours.
func (l *Lake) since(ctx context.Context, e Entry) (int64, error) {
	known := false
	err := l.db.View(ctx, func(tx metadb.Tx) (err error) {
		known, err = recorded(ctx, tx, e.Location)
		return err
	})
	if err != nil || known {
		return 0, err
	}
	t, err := l.LoadAt(ctx, e.Name, e.Kind, e.Location)
	if err != nil {
		return 0, err
	}
	return t.updated().UnixMicro(), nil
}

func (l *Lake) conflict(ctx context.Context, c *Candidate, current Entry) (err error) {
	viewErr := l.db.View(ctx, func(tx metadb.Tx) error {
		err = conflictOf(ctx, tx, c, current)
		return nil
	})
	return errors.Join(err, viewErr)
}

// carryOut takes the steps that were not taken yet, and ends the intent.
func (l *Lake) carryOut(ctx context.Context, in *intent) error {
	err := l.outside.namespaces(ctx, in.Made, nil)
	if err == nil {
		err = l.sendTogether(ctx, in)
	}
	for _, s := range in.Steps {
		if err == nil && !s.taken {
			err = l.send(ctx, s)
		}
	}
	if err != nil {
		return l.stopped(ctx, in, err)
	}
	failpoint.Hit("lake.outside.answered")
	later := context.WithoutCancel(ctx)
	if err := l.recordOutside(later, in); err != nil {
		return err
	}
	return l.outside.namespaces(later, nil, in.Gone)
}

// recordOutside records an intent; where nobody can say whether it was, it is
// done again: an intent is recorded once.
func (l *Lake) recordOutside(ctx context.Context, in *intent) (err error) {
	for range sendings {
		if err = in.record(ctx, l); !errors.Is(err, metadb.ErrFateUnknown) {
			return err
		}
	}
	return err
}

// stopped ends, or keeps, an intent that could not be carried out.
func (l *Lake) stopped(ctx context.Context, in *intent, err error) error {
	var done, left []string
	for _, s := range in.Steps {
		if s.taken {
			done = append(done, s.Name.String())
		} else {
			left = append(left, s.Name.String())
		}
	}
	if errors.Is(err, errOutcomeUnknown) {
		return diag.New("publication-unknown", diag.Place{}, "nobody can say whether %s was published: %v", strings.Join(left, ", "), err).WithCause(err).
			WithHint("nothing of it is lost or removed; the next command asks the catalog and goes on from there")
	}
	if recordErr := l.recordOutside(context.WithoutCancel(ctx), in); recordErr != nil {
		return errors.Join(err, recordErr)
	}
	if len(done) == 0 {
		return err
	}
	return diag.New("partly-published", diag.Place{}, "%s was published and %s was not: %v", strings.Join(done, ", "), strings.Join(left, ", "), err).WithCause(err).
		WithHint("this catalog publishes one table at a time; run it again to bring them together")
}
