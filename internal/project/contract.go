package project

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// The types of constraints.
const (
	ConstraintNotNull    = "not_null"
	ConstraintUnique     = "unique"
	ConstraintPrimaryKey = "primary_key"
	ConstraintForeignKey = "foreign_key"
	ConstraintCheck      = "check"
	ConstraintCustom     = "custom"
)

var constraintTypes = []string{
	ConstraintNotNull, ConstraintUnique, ConstraintPrimaryKey, ConstraintForeignKey, ConstraintCheck, ConstraintCustom,
}

// Constraint is one that a contract declares for a model or a column.
type Constraint struct {
	// Type is not_null, unique, primary_key, foreign_key, check or custom.
	Type, Name, Expression string
	Columns                []string
	// To is the table that a foreign key leads to, as it was written: ref('x').
	To              string
	ToColumns       []string
	WarnUnenforced  bool
	WarnUnsupported bool
	Place           diag.Place
}

// String is what a constraint is called: its name, or else its type.
func (c Constraint) String() string {
	if c.Name != "" {
		return c.Name
	}
	return c.Type
}

// constraints reads those of a model or a column.
func (f *file) constraints(m *yamldoc.Map) []Constraint {
	var out []Constraint
	for _, one := range m.Maps("constraints", "a constraint") {
		c := Constraint{
			Type: one.Text("type"), Name: f.text(one, "name"), Expression: f.text(one, "expression"), Columns: one.Texts("columns"),
			To: one.Text("to"), ToColumns: one.Texts("to_columns"), Place: one.Here(),
			WarnUnenforced: one.Bool("warn_unenforced", true), WarnUnsupported: one.Bool("warn_unsupported", true),
		}
		if !slices.Contains(constraintTypes, c.Type) {
			f.problems.Errorf("bad-value", one.Place("type"), "`%s` is not a type of constraint", c.Type).Hint = yamldoc.KeyHint(c.Type, constraintTypes)
		}
		one.Done()
		out = append(out, c)
	}
	return out
}

// ContractPlace is where the columns of a model are declared.
func (r *Resource) ContractPlace() diag.Place {
	if r.PatchPlace.Line > 0 {
		return r.PatchPlace
	}
	return r.Place
}

// Enforced are the constraints that a model's rows must meet, those of columns
// with the column as Columns: none where there is no contract, or where dbt
// leaves them out since nothing is stored.
func (r *Resource) Enforced() []Constraint {
	if !r.Config.Contract.Enforced || !r.stores() {
		return nil
	}
	return slices.DeleteFunc(r.allConstraints(), func(c Constraint) bool { return c.Type == ConstraintCustom })
}

// stores reports whether a model is materialized as what has constraints.
func (r *Resource) stores() bool {
	return r.Config.Materialized == MaterializedTable || r.Config.Materialized == MaterializedIncremental
}

func (r *Resource) allConstraints() []Constraint {
	var out []Constraint
	for _, column := range r.Columns {
		for _, c := range column.Constraints {
			c.Columns = []string{column.Name}
			out = append(out, c)
		}
	}
	for _, c := range r.Constraints {
		names := make([]string, len(c.Columns))
		for i, name := range c.Columns {
			names[i] = unquote(name) // dbt puts them into SQL as they are
		}
		c.Columns = names
		out = append(out, c)
	}
	return out
}

// checkContract reports what an enforced contract lacks.
func (l *loader) checkContract(r *Resource, all layer) {
	if !r.Config.Contract.Enforced || !r.Config.Enabled || r.Kind != KindModel {
		return
	}
	place := all.placeOr("contract", r.Place)
	if len(r.Columns) == 0 {
		l.problems.Errorf("bad-contract", place, "the contract of `%s` names no columns", r.Name).
			WithHint("list its columns with their data_type in a properties file")
	}
	for _, c := range r.Columns {
		switch strings.ToLower(strings.TrimSpace(c.DataType)) {
		case "":
			l.problems.Errorf("bad-contract", c.Place, "the contract of `%s` needs the `data_type` of the column `%s`", r.Name, c.Name)
		case "numeric", "decimal", "number":
			l.problems.Warnf("bad-contract", c.Place, "the column `%s` is %s without precision and scale, which rounds to three digits", c.Name, c.DataType).
				WithHint("write them, such as numeric(18, 2)")
		}
	}
	l.checkKeys(r, place)
	if !r.stores() {
		l.warnUnsupported(r)
		return
	}
	for _, c := range r.allConstraints() {
		l.checkConstraint(r, c)
	}
}

// checkKeys reports a second primary key.
func (l *loader) checkKeys(r *Resource, place diag.Place) {
	keys := 0
	for _, c := range r.Columns {
		if has(c.Constraints, func(c Constraint) bool { return c.Type == ConstraintPrimaryKey }) {
			keys++
		}
	}
	onModel := has(r.Constraints, func(c Constraint) bool { return c.Type == ConstraintPrimaryKey })
	if keys > 1 || keys == 1 && onModel {
		l.problems.Errorf("bad-contract", place, "`%s` has more than one primary key", r.Name).
			WithHint("a key of several columns is one constraint of the model, with `columns`")
	}
}

// warnUnsupported tells of constraints on what has none.
func (l *loader) warnUnsupported(r *Resource) {
	for _, c := range r.allConstraints() {
		if c.WarnUnsupported {
			l.problems.Warnf("unsupported-constraint", c.Place, "`%s` is a %s, whose rows no constraint holds", r.Name, r.Config.Materialized).
				WithHint("make it a table, test the column instead, or set warn_unsupported: false")
			return
		}
	}
}

// checkConstraint reports what a constraint lacks, and what of it means
// nothing here.
func (l *loader) checkConstraint(r *Resource, c Constraint) {
	bad := func(hint, format string, args ...any) {
		p := l.problems.Errorf("bad-constraint", c.Place, "the constraint `%s` of `%s` "+format, append([]any{c, r.Name}, args...)...)
		p.Hint = hint
	}
	for _, name := range c.Columns {
		if !has(r.Columns, func(col Column) bool { return strings.EqualFold(col.Name, name) }) {
			bad("", "is about the column `%s`, which the contract does not name", name)
		}
	}
	switch c.Type {
	case ConstraintCheck:
		if c.Expression == "" {
			bad("write the condition that all rows meet", "has no `expression`")
		}
		return
	case ConstraintForeignKey:
		if _, columns := c.Target(); len(columns) == 0 {
			bad("write to: ref('…') and to_columns: […]", "does not say which columns it leads to")
		} else if len(columns) != len(c.Columns) {
			bad("", "has %d columns and leads to %d", len(c.Columns), len(columns))
		}
		return
	}
	if len(c.Columns) == 0 && c.Type != ConstraintCustom {
		bad("", "names no `columns`")
	}
	if c.Expression != "" && c.WarnUnenforced {
		l.problems.Warnf("unenforced-constraint", c.Place, "the expression of the constraint `%s` of `%s` has no effect here: %s", c, r.Name, c.Expression).
			WithHint("write a condition as a constraint of type check, or set warn_unenforced: false")
	}
}

// reference is what stands behind REFERENCES where a foreign key is an
// expression: a table and, in parentheses, columns.
var reference = regexp.MustCompile(`(?s)^\s*([^()]+?)\s*\(([^()]+)\)\s*$`)

// Target is the table that a foreign key leads to, as it was written, and the
// columns; none where that is not said.
func (c Constraint) Target() (table string, columns []string) {
	if c.To != "" {
		for _, name := range c.ToColumns {
			columns = append(columns, unquote(name))
		}
		return expression(c.To), columns
	}
	m := reference.FindStringSubmatch(c.Expression)
	if m == nil {
		return "", nil
	}
	for name := range strings.SplitSeq(m[2], ",") {
		columns = append(columns, unquote(strings.TrimSpace(name)))
	}
	return m[1], columns
}
