package gate

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// Statements reads the text of st as statements of any kind, and runs none.
// The engine's parser takes the whole text and each part of a statement by
// itself. What a statement does is up to the caller: its queries and
// conditions pass the gate again, as SQL made with [Statement.Of].
func (g *Gate) Statements(ctx context.Context, st Statement) ([]sqlast.Statement, error) {
	p := &passage{g: g, st: st}
	if st.Who.Principal.IsZero() {
		return nil, p.problem("no-principal", -1, "the statement has no principal, and nobody may do nothing")
	}
	if len(st.SQL) > maxStatement {
		return nil, p.tooLong(len(st.SQL))
	}
	if !isText(st.SQL) {
		return nil, p.noText()
	}
	session, err := g.open(ctx, st.Who)
	if err != nil {
		return nil, err
	}
	p.session, p.parser = session, &parser{session: session, trees: g.trees}
	defer p.close()
	list, err := p.statements(ctx)
	var syntax *sqlast.SyntaxError
	if errors.As(err, &syntax) {
		return nil, p.said("syntax", syntax.Offset, syntax.Message)
	}
	if err != nil {
		return nil, p.asProblem(err)
	}
	return list, nil
}

func (p *passage) statements(ctx context.Context) ([]sqlast.Statement, error) {
	sql := p.st.SQL
	list, unread := sqlast.Script(sql)
	tree, err := sqlast.Parse(ctx, p.parser, sqlast.Common(sql, list))
	if err != nil && !errors.Is(err, sqlast.ErrNotSelect) {
		return nil, err
	}
	switch err := unread; {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, p.problem("empty-statement", -1, "the statement is empty")
	case tree != nil && tree.Len() != len(list):
		return nil, p.problem("syntax", -1, "the text cannot be split into its statements")
	}
	for _, s := range list {
		if err := sqlast.Check(ctx, p.parser, sql, s); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Name is the table that a name in a statement means.
func (g *Gate) Name(n sqlast.Name) ident.Table { return g.tableName(n.Parts) }

// IsCatalog reports whether the first part of a name is the lake's catalog.
func (g *Gate) IsCatalog(part string) bool {
	return ident.Fold(part) == lake.CatalogName || g.database != "" && ident.Fold(part) == g.database
}

// Problem makes a problem at an offset of what the author wrote; -1 is none.
func (st Statement) Problem(code string, offset int, format string, args ...any) *diag.Problem {
	if st.Text != nil {
		st.SQL, st.Text = st.Text.Script, nil
	}
	return st.found(code, offset, format, args...)
}

// Refuse is the problem of a statement of a kind that nobody may run.
func (st Statement) Refuse(s sqlast.Statement) *diag.Problem {
	what := s.Word
	if what == "" {
		what = "this kind of statement"
	}
	problem := st.Problem("statement-refused", s.Start, "%s cannot be run here", what)
	problem.Hint = kindHints[s.Word]
	if problem.Hint == byModels {
		problem.Hint = "a lake has tables, views and namespaces"
	}
	return problem
}
