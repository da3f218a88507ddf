package transform

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// unit is the compilation of one unit test.
type unit struct {
	*Transformer
	test  *project.Resource
	model *project.Resource
	env   Env
	all   ephemerals
	// given are the names of inputs by the ID of what they stand for.
	given map[string]relation.Relation
}

// unitStatement compiles a unit test into the query for the rows in which what
// the model makes of the rows that are given differs from what is expected.
func (t *Transformer) unitStatement(ctx context.Context, test *project.Resource, env Env) (gate.Statement, error) {
	env = env.traced()
	u := &unit{Transformer: t, test: test, model: t.Project.ByID(test.UnitTest.ModelID), env: env, given: map[string]relation.Relation{}}
	if u.model == nil {
		return gate.Statement{}, diag.New("unknown-ref", test.Place, "the unit test is of a model that there is not: %q", test.UnitTest.Model)
	}
	if u.model.Language == project.LanguagePython {
		return gate.Statement{}, diag.New("python-model", test.Place, "`%s` is a Python model, and unit tests are for those in SQL", u.model.Name)
	}
	actual, err := u.actual(ctx)
	if err != nil {
		return gate.Statement{}, err
	}
	st := gate.Statement{SQL: actual, Who: t.Who, Scope: env.Scope, Purpose: "test", Place: test.Place, Trace: env.trace()}
	plan, err := t.Gate.Plan(ctx, st)
	if err != nil {
		return st, err
	}
	types := map[string]string{}
	var names []string
	for _, c := range plan.Columns {
		types[ident.Fold(c.Name)] = c.Type
		names = append(names, c.Name)
	}
	columns, err := u.expectedColumns(names)
	if err != nil {
		return st, err
	}
	expected, err := u.rows(test.UnitTest.Expect, columns, types)
	if err != nil {
		return st, err
	}
	list := ident.QuoteAll(columns)
	a, e := "SELECT "+list+" FROM ("+actual+"\n)", "SELECT "+list+" FROM ("+expected+"\n)"
	st.SQL = fmt.Sprintf("SELECT 'actual' AS actual_or_expected, * FROM (%s EXCEPT ALL %s) UNION ALL SELECT 'expected', * FROM (%[2]s EXCEPT ALL %[1]s)", a, e)
	return st, nil
}

// actual compiles the model with the rows that are given in place of what it
// reads.
func (u *unit) actual(ctx context.Context) (string, error) {
	env := u.env
	this := relation.New(u.model.Relation)
	for i, f := range u.test.UnitTest.Given {
		name := relation.Ephemeral("given_" + strconv.Itoa(i+1))
		r := u.Project.ByID(f.ID)
		if f.Input == "this" {
			r, this = u.model, name
		}
		if r == nil {
			return "", diag.New("unknown-ref", u.test.Place, "the input %s of the unit test means nothing", f.Input)
		}
		sql, err := u.input(ctx, r, f)
		if err != nil {
			return "", err
		}
		u.all.add(name.CTE, sql)
		if f.Input != "this" {
			u.given[r.ID] = name
		}
	}
	env.unit = u
	c := u.context(u.model, env)
	c.This, c.Override = this, u.test.UnitTest.Macros
	c.Vars = merged(c.Vars, u.test.UnitTest.Vars)
	if given := u.test.UnitTest.Env; len(given) > 0 {
		usual := c.Env
		c.Env = func(name string) (string, bool) {
			if v, ok := given[name]; ok {
				return fmt.Sprint(v), true
			}
			return usual(name)
		}
	}
	sql, err := template.Compile(ctx, u.model.SQL, c, u.Project.Resolver(ctx, u.model, u.resolve(u.model, env, &u.all)))
	return u.all.prepend(sql).String(), err
}

func merged(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]any{}
	}
	maps.Copy(out, b)
	return out
}

// missing is the problem of a unit test that gives no rows for something.
func (u *unit) missing(r *project.Resource) error {
	return diag.New("missing-input", u.test.Place, "the unit test %s gives no rows for %s, which the model reads", u.test.Name, r.Name).
		WithHint("add it under given, with rows: [] if there are none")
}

// input is the query of the rows that stand for a resource, with its types.
func (u *unit) input(ctx context.Context, r *project.Resource, f project.Fixture) (string, error) {
	if f.Format == project.FormatSQL {
		return f.SQL, nil
	}
	columns, err := (&adapter{t: u.Transformer, env: u.env}).Columns(ctx, relation.New(r.Relation))
	if err != nil {
		return "", err
	}
	if len(columns) == 0 {
		return "", diag.New("missing-input", u.test.Place, "the unit test gives rows for %s, which is not there yet: its columns are not known", r.Name).
			WithHint("build it first, for example with --empty, or give the rows as SQL (format: sql)")
	}
	types := map[string]string{}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i], types[ident.Fold(c.Name)] = c.Name, c.Type
	}
	for _, row := range f.Rows {
		for name := range row {
			if _, known := types[ident.Fold(name)]; !known {
				return "", diag.New("unknown-column", u.test.Place, "the unit test gives rows for %s with the column %s, which it does not have", r.Name, name).
					WithHint("its columns are %s", strings.Join(names, ", "))
			}
		}
	}
	return u.rows(f, names, types)
}

// expectedColumns are the columns that are compared: those that are expected.
func (u *unit) expectedColumns(actual []string) ([]string, error) {
	f := u.test.UnitTest.Expect
	if f.Format == project.FormatSQL || len(f.Rows) == 0 {
		return actual, nil
	}
	var out []string
	for _, row := range f.Rows {
		for _, name := range slices.Sorted(maps.Keys(row)) {
			i := slices.IndexFunc(actual, func(a string) bool { return ident.Fold(a) == ident.Fold(name) })
			if i < 0 {
				return nil, diag.New("unknown-column", u.test.Place, "the unit test expects the column %s, which the model does not make", name).
					WithHint("it makes %s", strings.Join(actual, ", "))
			}
			if !slices.Contains(out, actual[i]) {
				out = append(out, actual[i])
			}
		}
	}
	return out, nil
}

// rows is a query that gives the rows of a fixture.
func (u *unit) rows(f project.Fixture, columns []string, types map[string]string) (string, error) {
	if f.Format == project.FormatSQL {
		return f.SQL, nil
	}
	var selects []string
	for _, row := range f.Rows {
		folded := map[string]any{}
		for name, v := range row {
			folded[ident.Fold(name)] = v
		}
		selects = append(selects, fixtureRow(folded, columns, types))
	}
	if len(selects) == 0 {
		return fixtureRow(nil, columns, types) + " WHERE false", nil
	}
	return strings.Join(selects, "\nUNION ALL\n"), nil
}

func fixtureRow(row map[string]any, columns []string, types map[string]string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		t := types[ident.Fold(c)]
		if t == `"NULL"` || t == "NULL" {
			t = "VARCHAR"
		}
		list[i] = "CAST(" + sqlValue(row[ident.Fold(c)]) + " AS " + t + ") AS " + ident.Quote(c)
	}
	return "SELECT " + strings.Join(list, ", ")
}

// sqlValue spells a value of YAML as SQL.
func sqlValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v)
	case []any:
		list := make([]string, len(v))
		for i, e := range v {
			list[i] = sqlValue(e)
		}
		return "[" + strings.Join(list, ", ") + "]"
	case map[string]any:
		var list []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list = append(list, ident.Literal(k)+": "+sqlValue(v[k]))
		}
		return "{" + strings.Join(list, ", ") + "}"
	default:
		return ident.Literal(fmt.Sprint(v))
	}
}
