package gate

import (
	"context"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// selectWord stands before an expression to make a statement of it.
const selectWord = "SELECT "

// Expression takes one SQL expression through the gate, such as a predicate, a
// key or the value of a column: st.SQL is the expression. What comes back may
// stand, in parentheses, in SQL that is generated around it: the tables of its
// subqueries are relations over files, and its functions are allowed. Which
// columns it may name is for that SQL to say.
func (g *Gate) Expression(ctx context.Context, st Statement) (string, error) {
	st.SQL, st.Lead = selectWord+st.SQL+"\n", len(selectWord)
	st.nameless = true
	p, err := g.pass(ctx, st)
	if err != nil {
		return "", err
	}
	defer p.close()
	if !sqlast.IsExpression(p.tree.Query(0)) {
		return "", p.problem("bad-expression", len(selectWord), "%q is not one expression", strings.TrimSpace(strings.TrimPrefix(st.SQL, selectWord)))
	}
	text, ok := strings.CutPrefix(strings.TrimSuffix(strings.TrimSpace(p.sql), ";"), selectWord)
	if !ok {
		return "", diag.New("internal", st.Place, "an expression was lost on the way through the gate")
	}
	return text, nil
}
