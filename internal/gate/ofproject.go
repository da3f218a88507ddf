package gate

import (
	"context"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// barrier keeps what is asked of a view behind it: the engine moves no condition
// into it, which could tell of rows that the view leaves out.
const barrier = "SELECT * FROM behind OFFSET 0"

// reader is what who asks may do.
func (p *passage) reader() rights {
	r := p.rights.of(p.st.Who)
	r.noted = p.st.Decisions
	return r
}

// trusted reports whether who asks may know all that the text does.
func (p *passage) trusted() bool { return p.st.Who.IsLocal() }

// oversees notes what a view of the project reads: whether who asks may read it.
func (p *passage) oversees(may bool) {
	if !may {
		p.beyond++
	}
}

// hides is the view that who asks has named, where a table is read behind it that
// they may not read themselves; zero is none.
func (p *passage) hides(t ident.Table) ident.Table {
	if p.trusted() || len(p.views) == 0 || p.reader().selects(t) {
		return ident.Table{}
	}
	return p.views[0]
}

// expandForProject is expand for a view of the project, which reads with the
// project's rights. Where these are more than those of who asks, nothing that
// they ask gets behind the view, and nothing comes out that is not its rows.
func (p *passage) expandForProject(ctx context.Context, name ident.Table, sql string, ref sqlast.TableRef) (sqlast.Node, error) {
	rights, beyond := p.rights, p.beyond
	p.rights = rights.of(policy.Project)
	node, err := p.expand(ctx, name, sql, ref)
	p.rights = rights
	switch {
	case err != nil && !p.trusted():
		return nil, p.behind(ctx, name, ref, err)
	case err != nil || p.beyond == beyond:
		return node, err
	}
	p.shielded = append(p.shielded, shield{p.outermost(name), ref.Location})
	shell, err := p.parse(ctx, barrier)
	if err != nil {
		return nil, err
	}
	around := shell.Query(0)
	err = sqlast.Rewrite(around, sqlast.Visitor{Table: func(sqlast.TableRef) (sqlast.Node, error) { return node, nil }})
	sqlast.Relocate(around, ref.Location)
	return around, err
}

// shield is a view of the project that reads more than who asks may, by the name
// that they have written, and where.
type shield struct {
	view     ident.Table
	location int
}

// outermost is the view that who asks has named, where this one is being read.
func (p *passage) outermost(view ident.Table) ident.Table {
	if len(p.views) > 0 {
		return p.views[0]
	}
	return view
}

// harmless are the kinds of errors that quote neither values nor names.
var harmless = map[string]bool{engine.Interrupted: true, "Out of Memory": true}

// unsaid is what may be said of an error in a statement that reads more than who
// asks may: what the engine says can quote values that a view leaves out, and
// names. nil is that the engine's words may be said.
func (p *passage) unsaid(ctx context.Context, code string, e *engine.Error) *diag.Problem {
	if p.trusted() || len(p.shielded) == 0 || harmless[e.Kind] {
		return nil
	}
	binding := e.Kind == "Binder" || e.Kind == "Catalog" || e.Kind == "Parser"
	for _, s := range p.shielded {
		if binding && p.binds(ctx, s.view) {
			continue // then it is not the view that does not bind
		}
		p.g.log.WarnContext(ctx, "a statement failed over a view of the project", "view", s.view.String(), "principal", p.st.Who.Principal.String(), "error", e.Message)
		what := "the statement failed"
		if code == "conversion" || code == "out-of-range" {
			what = "a value cannot be converted"
		}
		return p.problem(code, s.location, "%s, and which is not told: %s reads what %s may not", what, s.view, p.st.Who.Principal).
			WithHint("whoever may read all of it finds the reason by the same statement, and who looks after the project in the log of tarn serve")
	}
	return nil
}

// binds reports whether a view can be read by itself, as far as names and types
// are concerned.
func (p *passage) binds(ctx context.Context, view ident.Table) bool {
	alone, err := p.g.pass(ctx, Statement{SQL: "SELECT * FROM " + ident.Quote(view.Namespace) + "." + ident.Quote(view.Name), Who: p.st.Who, Scope: p.st.Scope, Purpose: p.st.Purpose})
	if err != nil {
		return false
	}
	defer alone.close()
	_, err = alone.session.Describe(ctx, alone.sql)
	return err == nil
}

// behind is what may be said of an error behind a view: it names tables, and may
// hold values, that who asks may not see.
func (p *passage) behind(ctx context.Context, view ident.Table, ref sqlast.TableRef, err error) error {
	if ctx.Err() != nil {
		return err
	}
	p.g.log.WarnContext(ctx, "a view of the project cannot be read", "view", view.String(), "principal", p.st.Who.Principal.String(), "error", err.Error())
	return unreadableView(p.problem("unreadable-view", ref.Location, "the view %s cannot be read", view))
}

func unreadableView(p *diag.Problem) *diag.Problem {
	return p.WithHint("what it reads is not as it was: who looks after the project finds the reason in the log of tarn serve")
}
