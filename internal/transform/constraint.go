package transform

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// rule is a constraint as questions about the rows of a table.
type rule struct {
	constraint project.Constraint
	// says is what rows break.
	says string
	// count is an aggregate that counts the rows which break it, broken a query
	// for some of them.
	count, broken string
}

// Constraints makes sure that the rows of a model meet the constraints of its
// contract and of its table, as scope shows them: all are asked in one statement. A lake has
// nothing that would refuse such rows as they come in, so this is to be asked
// before anybody sees them. Each constraint that is broken is a problem.
func (t *Transformer) Constraints(ctx context.Context, model *project.Resource, scope gate.Scope) error {
	more, err := t.outlived(ctx, model, scope)
	if err != nil {
		return err
	}
	constraints := append(model.Enforced(), more...)
	if len(constraints) == 0 {
		return nil
	}
	c := &constraining{Transformer: t, model: model, scope: scope, table: relation.New(model.Relation).String()}
	var rules []rule
	for _, one := range constraints {
		more, err := c.rules(ctx, one)
		if err != nil {
			return err
		}
		rules = append(rules, more...)
	}
	counts, err := c.counts(ctx, rules)
	if err != nil {
		return c.faulty(ctx, rules, err)
	}
	var problems diag.Problems
	for i, n := range counts {
		if n > 0 {
			problems.Add(c.problem(ctx, rules[i], n))
		}
	}
	return problems.Err()
}

// constraining is the asking about one model.
type constraining struct {
	*Transformer
	model *project.Resource
	scope gate.Scope
	table string
}

// rules are the questions of a constraint.
func (c *constraining) rules(ctx context.Context, one project.Constraint) ([]rule, error) {
	switch one.Type {
	case project.ConstraintNotNull:
		return c.notNull(one), nil
	case project.ConstraintUnique:
		return []rule{c.unique(one)}, nil
	case project.ConstraintPrimaryKey:
		return append(c.notNull(one), c.unique(one)), nil
	case project.ConstraintCheck:
		condition := "NOT (" + one.Expression + "\n)"
		return []rule{c.where(one, "check ("+one.Expression+")", condition)}, c.checkExpression(ctx, one)
	case project.ConstraintForeignKey:
		r, err := c.foreignKey(ctx, one)
		return []rule{r}, err
	}
	return nil, nil
}

// where is the rule that no row meets a condition.
func (c *constraining) where(one project.Constraint, says, condition string) rule {
	return rule{
		one, says, "count(*) FILTER (WHERE " + condition + ")",
		"SELECT * FROM " + c.table + " WHERE " + condition,
	}
}

func (c *constraining) notNull(one project.Constraint) []rule {
	rules := make([]rule, len(one.Columns))
	for i, name := range one.Columns {
		// Not a plain IS NULL: to look for that in a column which takes no NULL, no
		// file is opened.
		rules[i] = c.where(one, name+" is not null", "coalesce("+ident.Quote(name)+" IS NULL)")
	}
	return rules
}

// unique counts the rows beyond the first of each key; a key with a NULL in it
// is equal to none.
func (c *constraining) unique(one project.Constraint) rule {
	key := ident.QuoteAll(one.Columns)
	all := present("", one.Columns)
	return rule{
		one, strings.Join(one.Columns, ", ") + " is unique",
		fmt.Sprintf("count(*) FILTER (WHERE %s) - count(DISTINCT row(%s)) FILTER (WHERE %[1]s)", all, key),
		fmt.Sprintf("SELECT %s, count(*) AS \"rows\" FROM %s WHERE %s GROUP BY ALL HAVING count(*) > 1", key, c.table, all),
	}
}

// present is the condition that all columns have a value.
func present(of string, columns []string) string {
	list := make([]string, len(columns))
	for i, name := range columns {
		list[i] = of + ident.Quote(name) + " IS NOT NULL"
	}
	return strings.Join(list, " AND ")
}

// foreignKey counts the rows whose key the other table does not have.
func (c *constraining) foreignKey(ctx context.Context, one project.Constraint) (rule, error) {
	to, columns := one.Target()
	env := Env{Scope: c.scope}
	cx := c.context(c.model, env)
	cx.File, cx.Line, cx.Column = one.Place.File, one.Place.Line, one.Place.Column
	var all ephemerals
	other, err := template.Compile(ctx, to, cx, c.Project.Resolver(ctx, c.model, c.resolve(&project.Resource{}, env, &all)))
	if err != nil {
		return rule{}, err
	}
	same := make([]string, len(columns))
	for i, name := range columns {
		same[i] = "r." + ident.Quote(name) + " = t." + ident.Quote(one.Columns[i])
	}
	orphans := fmt.Sprintf("FROM %s AS t WHERE %s AND NOT EXISTS (SELECT 1 FROM %s AS r WHERE %s)",
		c.table, present("t.", one.Columns), other, strings.Join(same, " AND "))
	return rule{
		one, fmt.Sprintf("%s is in %s (%s)", strings.Join(one.Columns, ", "), other, strings.Join(columns, ", ")),
		"any_value((SELECT count(*) " + orphans + "))", "SELECT t.* " + orphans,
	}, nil
}

// checkExpression makes sure that a condition is one expression, so that it
// says nothing outside of its parentheses.
func (c *constraining) checkExpression(ctx context.Context, one project.Constraint) error {
	st := c.statement(one.Expression)
	st.Place = one.Place
	_, err := c.Gate.Expression(ctx, st)
	return err
}

func (c *constraining) statement(sql string) gate.Statement {
	return gate.Statement{SQL: sql, Who: c.Who, Scope: c.scope, Purpose: "test", Place: diag.Place{File: c.model.ContractPlace().File}}
}

// counts asks how many rows break each rule.
func (c *constraining) counts(ctx context.Context, rules []rule) ([]int64, error) {
	list := make([]string, len(rules))
	for i, r := range rules {
		list[i] = "CAST(" + r.count + " AS BIGINT)"
	}
	result, err := c.Gate.Query(ctx, c.statement("SELECT "+strings.Join(list, ", ")+" FROM "+c.table))
	if err != nil {
		return nil, err
	}
	defer result.Release()
	counts := make([]int64, len(rules))
	for result.Next() {
		b := result.RecordBatch()
		for i := range counts {
			if n, ok := b.Column(i).(*array.Int64); ok && n.Len() > 0 && n.IsValid(0) {
				counts[i] = n.Value(0)
			}
		}
	}
	return counts, result.Err()
}

// faulty says which rules cannot be asked.
func (c *constraining) faulty(ctx context.Context, rules []rule, err error) error {
	var problems diag.Problems
	for _, r := range rules {
		if _, err := c.counts(ctx, []rule{r}); err != nil && ctx.Err() == nil {
			problems.Errorf("bad-constraint", r.constraint.Place, "the constraint `%s` of `%s` cannot be checked, %s: %s",
				r.constraint, c.model.Name, r.says, why(err)).WithCause(err)
		}
	}
	if found := problems.Err(); found != nil {
		return found
	}
	return err
}

// why is what a problem says, without the place in SQL that nobody wrote.
func why(err error) string {
	var ps diag.Problems
	ps.AddError("", diag.Place{}, err)
	return ps.All()[0].Message
}

// brokenRows is how many of the rows that break a constraint are shown.
const brokenRows = 5

// problem tells of a rule that is broken, with some of the rows.
func (c *constraining) problem(ctx context.Context, r rule, n int64) *diag.Problem {
	rows := "1 row breaks"
	if n != 1 {
		rows = fmt.Sprintf("%d rows break", n)
	}
	p := diag.New("constraint", r.constraint.Place, "%s the constraint `%s` of `%s`: %s", rows, r.constraint, c.model.Name, r.says)
	shown, err := c.sample(ctx, r.broken)
	if err != nil { // the count stands without them
		return p
	}
	return p.WithHint("look at %s", shown)
}

// sample prints some rows of a query.
func (c *constraining) sample(ctx context.Context, sql string) (string, error) {
	result, err := c.Gate.Query(ctx, c.statement(fmt.Sprintf("%s\nORDER BY ALL LIMIT %d", sql, brokenRows)))
	if err != nil {
		return "", err
	}
	defer result.Release()
	var rows []string
	for result.Next() {
		b := result.RecordBatch()
		for i := range int(b.NumRows()) {
			fields := make([]string, b.NumCols())
			for col := range fields {
				text := "NULL"
				if !b.Column(col).IsNull(i) {
					text = cell.Text(b.Column(col), i)
				}
				fields[col] = b.ColumnName(col) + "=" + text
			}
			rows = append(rows, "("+strings.Join(fields, ", ")+")")
		}
	}
	return strings.Join(rows, ", "), result.Err()
}
