package workspace

import (
	"context"
	"maps"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/write"
)

// Session is the temporary tables and views of a client. Its transactions begin
// with them and leave them as they are until they are committed; nobody else sees
// them. It is not safe for concurrent use.
type Session struct {
	all       *Transactions
	relations map[string]relation
	// stages are those that the relations need, by id.
	stages map[string]*lake.Stage
}

// mostBelow is over how many stages a temporary table may lie before it is written
// again: each change of a committed one adds one.
const mostBelow = 8

// Session returns one without temporary tables, which must be closed.
func (t *Transactions) Session() *Session { return &Session{all: t} }

// Over is what names mean to queries of the session where a scope says what they
// mean to everybody.
func (s *Session) Over(below gate.Scope) gate.Scope {
	if s == nil || len(s.relations) == 0 {
		return below
	}
	return s.Begin(below, policy.Who{}).Scope()
}

// Begin begins a transaction over what a scope shows to everybody.
func (s *Session) Begin(below gate.Scope, who policy.Who) *Transaction {
	x := s.all.Begin(below, who)
	x.work.session = s
	x.work.relations = s.begun()
	return x
}

// Alone is [Transactions.Alone] in the session.
func (s *Session) Alone(ctx context.Context, st gate.Statement, asks Asks, spell Spelling) (Done, error) {
	return s.all.alone(ctx, st, asks, spell, s.Begin)
}

// Close drops the temporary tables.
func (s *Session) Close(ctx context.Context) error {
	if s == nil {
		return nil
	}
	gone := slices.Collect(maps.Values(s.stages))
	s.relations, s.stages = nil, nil
	return dropAll(context.WithoutCancel(ctx), gone)
}

// begun are the relations that a transaction begins with.
func (s *Session) begun() map[string]*relation {
	out := map[string]*relation{}
	if s != nil {
		for key, r := range s.relations {
			out[key] = &r
		}
	}
	return out
}

// needs reports whether the session needs a stage as it is.
func (s *Session) needs(stage *lake.Stage) bool { return s != nil && s.stages[stage.ID()] != nil }

// take takes over the temporary tables of a transaction that was committed, with
// the stages that it has begun, and returns those that nothing temporary needs.
func (s *Session) take(relations map[string]*relation, begun []*lake.Stage) (rest []*lake.Stage) {
	needed := map[string]bool{}
	s.relations = map[string]relation{}
	for key, r := range relations {
		if !r.temp || r.atCommit == sqlast.DropTable {
			continue
		}
		s.relations[key] = *r
		needed[r.stage.ID()] = true
		for _, c := range r.below {
			needed[c.Stage] = true
		}
	}
	all := slices.AppendSeq(slices.Clone(begun), maps.Values(s.stages))
	s.stages = map[string]*lake.Stage{}
	for _, stage := range all {
		if needed[stage.ID()] {
			s.stages[stage.ID()] = stage
		} else {
			rest = append(rest, stage)
		}
	}
	return rest
}

// tidy empties the temporary tables that keep no rows beyond a commit, and writes
// those again that lie over many stages.
func (x *Transaction) tidy(ctx context.Context, who policy.Who) error {
	w := x.work
	w.execute.Lock()
	defer w.execute.Unlock()
	w.mu.RLock()
	all := w.sorted()
	w.mu.RUnlock()
	for _, r := range all {
		if !r.temp || r.table.Kind() == lake.ViewEntry || w.session.needs(r.stage) {
			continue
		}
		var rows *gate.Result
		switch {
		case r.atCommit == sqlast.DeleteRows:
		case len(r.below) > mostBelow:
			var err error
			if rows, err = w.o.Gate.Query(ctx, gate.Statement{SQL: "SELECT * FROM " + ident.Quote(tempNamespace) + "." + ident.Quote(r.name.Name),
				Who: who, Scope: w.Scope(), Purpose: "query"}); err != nil {
				return err
			}
		default:
			continue
		}
		if err := w.afresh(ctx, r, rows); err != nil {
			return err
		}
	}
	return nil
}

// afresh writes a temporary table again with other rows, nil for none.
func (w *Workspace) afresh(ctx context.Context, r *relation, rows *gate.Result) error {
	var in array.RecordReader
	if rows != nil {
		defer rows.Release()
		in = rows
	}
	next := &relation{name: r.name, temp: true, atCommit: r.atCommit}
	return w.build(ctx, next, func(stage *lake.Stage) (*lake.Candidate, error) {
		return w.o.Writer.Write(ctx, write.Request{Stage: stage, Op: lake.Replace, Rows: in, Schema: r.table.Schema()})
	})
}

// Forget drops all temporary tables and views.
func (x *Transaction) Forget() {
	w := x.work
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.relations, func(_ string, r *relation) bool { return r.temp })
}
