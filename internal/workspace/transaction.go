package workspace

import (
	"context"
	"errors"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/write"
)

// maxRepeats bounds how often a statement by itself is run again because others
// were quicker.
const maxRepeats = 100

// principalKey says in the summary of a snapshot who made it.
const principalKey = "tarn.principal"

// Transactions are for people: each is a workspace over one state of all tables,
// which its owner publishes.
type Transactions struct {
	Lake   *lake.Lake
	Writer *write.Writer
	Gate   *gate.Gate
	// Scope pins what names mean now.
	Scope func(context.Context) (gate.Scope, error)
	// Kept are names that statements must not change; nil is none.
	Kept func(ident.Table) bool
	// Run is an id that is live as long as the process; its stages are swept once
	// it is not.
	Run string

	// turn is held by the statement that is run again.
	turn chan struct{}
}

// NewTransactions returns t, ready to begin some. All of its fields are needed but
// Kept.
func NewTransactions(t Transactions) (*Transactions, error) {
	if t.Lake == nil || t.Writer == nil || t.Gate == nil || t.Scope == nil || t.Run == "" {
		return nil, errors.New("transactions need a lake, a writer, a gate, a scope and an id")
	}
	t.turn = make(chan struct{}, 1)
	return &t, nil
}

// Transaction is what somebody changes together. It is not safe for concurrent
// use, but for its scope.
type Transaction struct {
	all  *Transactions
	work *Workspace
	// decided is what its statements were permitted.
	decided *gate.Decisions
	// also adds to the commit; nil is nothing.
	also func(metadb.Tx) error
}

// Begin begins a transaction over what a scope shows.
func (t *Transactions) Begin(scope gate.Scope, who policy.Who) *Transaction {
	work := New(Options{
		Lake: t.Lake, Writer: t.Writer, Gate: t.Gate, Scope: scope, Run: t.Run, Step: "sql",
		Summary: map[string]string{principalKey: who.Principal.String()}, Pinned: true, Kept: t.Kept,
	})
	return &Transaction{all: t, work: work, decided: &gate.Decisions{}}
}

// deciding lets a statement's decisions be noted, and returns what puts them to
// those of the transaction.
func (x *Transaction) deciding(st *gate.Statement) (noted func()) {
	if st.Decisions == nil {
		st.Decisions = &gate.Decisions{}
	}
	of := st.Decisions
	return func() { x.decided.Add(of) }
}

// Scope is what names mean in the transaction.
func (x *Transaction) Scope() gate.Scope { return x.work.Scope() }

// Changed are the tables and views that the transaction has changed so far.
func (x *Transaction) Changed() (names []ident.Table) {
	changes := x.work.Changes()
	for _, c := range changes.Candidates {
		if !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	for _, d := range changes.Drops {
		if !slices.Contains(names, d.Name) {
			names = append(names, d.Name)
		}
	}
	return names
}

// Run runs a text that is one statement.
func (x *Transaction) Run(ctx context.Context, st gate.Statement, spell Spelling) (Done, error) {
	s, err := one(ctx, x.all.Gate, st)
	if err != nil {
		return Done{}, err
	}
	return x.do(ctx, st, s, spell)
}

// Do runs one of the statements of a text; see [Workspace.Do]. What begins and
// ends transactions is up to the caller.
func (x *Transaction) Do(ctx context.Context, st gate.Statement, s sqlast.Statement) (Done, error) {
	return x.do(ctx, st, s, nil)
}

func (x *Transaction) do(ctx context.Context, st gate.Statement, s sqlast.Statement, spell Spelling) (Done, error) {
	if _, ends := s.Head.(*sqlast.Transaction); ends {
		return Done{}, st.Refuse(s)
	}
	defer x.deciding(&st)()
	return x.work.Do(ctx, st, s, spell)
}

// one reads a text that is one statement.
func one(ctx context.Context, g *gate.Gate, st gate.Statement) (sqlast.Statement, error) {
	list, err := g.Statements(ctx, st)
	if err != nil {
		return sqlast.Statement{}, err
	}
	if len(list) != 1 {
		return sqlast.Statement{}, st.Problem("several-statements", -1, "%d statements were given, but one is run at a time", len(list))
	}
	return list[0], nil
}

// Commit publishes the changes, all of them or none; whatever it returns, the
// transaction is over. who is its owner with the groups and roles of this moment:
// whoever may no longer do what its statements did publishes nothing. It does not
// stop half way when ctx ends.
func (x *Transaction) Commit(ctx context.Context, who policy.Who) error {
	ctx = context.WithoutCancel(ctx)
	if x.work.session != nil {
		if err := x.tidy(ctx, who); err != nil {
			return errors.Join(err, x.work.Discard(ctx))
		}
	}
	changes := x.work.Changes()
	if !changes.IsEmpty() {
		if err := x.all.Gate.Again(who, x.decided); err != nil {
			return errors.Join(err, x.work.Discard(ctx))
		}
	}
	if !changes.IsEmpty() || x.also != nil {
		if err := x.all.Lake.Publish(ctx, changes, x.also); err != nil {
			return errors.Join(conflicting(err), x.work.Discard(ctx))
		}
	}
	return x.work.Close(ctx)
}

// Rollback gives the changes up.
func (x *Transaction) Rollback(ctx context.Context) error {
	return x.work.Discard(context.WithoutCancel(ctx))
}

// Conflicts reports whether an error is that others were quicker, so that the
// same may work when it is done again.
func Conflicts(err error) bool { return errors.Is(err, lake.ErrConflict) }

// conflicting tells that others were quicker.
func conflicting(err error) error {
	if !errors.Is(err, lake.ErrConflict) {
		return err
	}
	var moved *lake.ConflictError
	if !errors.As(err, &moved) {
		return diag.New("conflict", diag.Place{}, "%v", err).WithCause(err).WithHint("run the transaction again")
	}
	return diag.New("conflict", diag.Place{}, "the changes were not published: %v", moved).WithCause(err).WithHint("run the transaction again")
}
