package workspace

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// merging is a MERGE at work.
type merging struct {
	*execution
	m *sqlast.Merge
	r *relation
	// source are the columns of the source, where an action takes all of them.
	source []engine.Column
}

// merge does to each row what the first action says that is for it: one query
// finds the rows that match, one those of the source that do not, and one those
// of the table.
func (x *execution) merge(ctx context.Context, m *sqlast.Merge) (int64, error) {
	r, err := x.target(ctx, policy.Update, m.Into.Name)
	if err != nil {
		return 0, err
	}
	g := &merging{execution: x, m: m, r: r}
	findings, err := g.findings(ctx)
	if err != nil {
		return 0, err
	}
	if err := x.confirm(ctx, r); err != nil {
		return 0, err
	}
	if !m.Returning.IsZero() {
		return g.returning(ctx, findings)
	}
	done, err := x.rewrite(ctx, r, lake.Merge, findings...)
	return done.Deleted + done.Updated + done.Inserted, err
}

// findings are the queries for the rows of each kind.
func (g *merging) findings(ctx context.Context) ([]finding, error) {
	if err := g.allow(); err != nil {
		return nil, err
	}
	if err := g.sourceColumns(ctx); err != nil {
		return nil, err
	}
	var findings []finding
	for _, when := range []sqlast.MergeWhen{sqlast.Matched, sqlast.NotMatched, sqlast.NotMatchedBySource} {
		var actions []sqlast.MergeAction
		for _, a := range g.m.Actions {
			if a.When == when {
				actions = append(actions, a)
			}
		}
		// How rows match is looked at in any case: names must mean one thing.
		if len(actions) == 0 && when != sqlast.Matched {
			continue
		}
		f, err := g.finding(when, actions)
		if err != nil {
			return nil, err
		}
		findings = append(findings, f)
	}
	return findings, nil
}

// allow decides about each thing that the actions do.
func (g *merging) allow() error {
	actions := map[sqlast.MergeDo]policy.Action{sqlast.DoInsert: policy.Insert, sqlast.DoUpdate: policy.Update, sqlast.DoDelete: policy.Delete}
	for _, a := range g.m.Actions {
		if do, changes := actions[a.Do]; changes {
			if err := g.o.Gate.Allow(g.st, do, g.r.name, g.m.Into.Name.Start); err != nil && !g.r.temp {
				return err
			}
		}
	}
	return nil
}

// takesAll reports whether an action takes the columns of the source as they
// come.
func takesAll(a sqlast.MergeAction) bool {
	return a.Do == sqlast.DoUpdate && len(a.Set) == 0 || a.Do == sqlast.DoInsert && len(a.Values) == 0
}

func (g *merging) sourceColumns(ctx context.Context) error {
	for _, a := range g.m.Actions {
		if !takesAll(a) {
			continue
		}
		plan, err := g.o.Gate.Plan(ctx, g.st.Of(g.start().Add("SELECT * FROM ").Part(g.m.Source)))
		if err != nil {
			return err
		}
		g.source = plan.Columns
		return nil
	}
	return nil
}

// finding is the query for the rows that some actions are for. Its columns are
// the position, the number of the action (0 is none), for each column of the
// table what it becomes, and where actions take all of them those of the source.
func (g *merging) finding(when sqlast.MergeWhen, actions []sqlast.MergeAction) (finding, error) {
	f := finding{do: policy.Update, where: "c2 > 0", target: -1, joined: when != sqlast.NotMatched, did: did(actions)}
	f.text = g.start().Add("SELECT ")
	if when == sqlast.NotMatched {
		f.text.Add("CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT)")
	} else {
		f.text.Add(g.position(g.m.Into.Called()))
	}
	g.choose(f.text.Add(", "), actions)
	values := make([]map[int]sqlast.Span, len(actions))
	for i, a := range actions {
		var err error
		if values[i], err = g.values(a); err != nil {
			return f, err
		}
	}
	for i, field := range g.r.table.Schema().Fields {
		g.value(f.text.Add(", "), when, i, field.Name, actions, values)
	}
	if len(g.source) > 0 && when != sqlast.NotMatchedBySource {
		f.text.Add(", *")
	}
	f.target = g.from(f.text.Add(" FROM "), when)
	stay := []string{"0"}
	for i, a := range actions {
		if a.Do == sqlast.DoUpdate || a.Do == sqlast.DoInsert {
			stay = append(stay, strconv.Itoa(i+1))
		}
	}
	f.stays = "c2 IN (" + strings.Join(stay, ", ") + ")"
	f.fields = func([]engine.Column) (string, error) { return g.taken(actions, f.stays) }
	return f, nil
}

// choose adds the number of the first action whose condition holds; one that
// does nothing is 0.
func (g *merging) choose(t *sqlast.Text, actions []sqlast.MergeAction) {
	t.Add("CASE")
	for i, a := range actions {
		g.when(t, a)
		switch a.Do {
		case sqlast.DoNothing:
			t.Add("0")
		case sqlast.DoFail:
			t.Add("CAST(error(CAST(")
			if a.Message.IsZero() {
				t.Add(ident.Literal("an action of MERGE says ERROR"))
			} else {
				t.Part(a.Message)
			}
			t.Add(" AS VARCHAR)) AS INTEGER)")
		default:
			t.Add(strconv.Itoa(i + 1))
		}
	}
	if len(actions) == 0 {
		t.Add(" WHEN true THEN 0")
	}
	t.Add(" ELSE 0 END")
}

// when adds WHEN and the condition of an action.
func (g *merging) when(t *sqlast.Text, a sqlast.MergeAction) {
	if a.And.IsZero() {
		t.Add(" WHEN true THEN ")
		return
	}
	t.Add(" WHEN (").Part(a.And).Add("\n) THEN ")
}

// values finds what an action gives to columns of the table.
func (g *merging) values(a sqlast.MergeAction) (map[int]sqlast.Span, error) {
	if a.Do != sqlast.DoInsert {
		return g.assigned(g.r, a.Set)
	}
	columns, err := g.columns(g.r, a.Columns)
	if err != nil || takesAll(a) {
		return nil, err
	}
	if len(columns) != len(a.Values) {
		return nil, g.problem("sql", a.Start, "%d values are given for %d columns", len(a.Values), len(columns))
	}
	out := map[int]sqlast.Span{}
	for i, at := range columns {
		out[at] = a.Values[i]
	}
	return out, nil
}

// value adds what a column of the table becomes, by action: given values, else
// what it was. What is taken from the source comes later; see taken.
func (g *merging) value(t *sqlast.Text, when sqlast.MergeWhen, at int, name string, actions []sqlast.MergeAction, values []map[int]sqlast.Span) {
	typ := columnType(g.r, at)
	t.Add("CASE WHEN false THEN CAST(NULL AS ", typ, ")")
	for i, a := range actions {
		g.when(t, a)
		if span, given := values[i][at]; given {
			t.Add("CAST((").Part(span).Add("\n) AS ", typ, ")")
		} else if when == sqlast.NotMatched {
			t.Add("NULL")
		} else {
			t.Add(ident.Quote(g.m.Into.Called()), ".", ident.Quote(name))
		}
	}
	t.Add(" END")
}

// from adds what rows are found in and returns where the table's name stands.
func (g *merging) from(t *sqlast.Text, when sqlast.MergeWhen) int {
	if when == sqlast.NotMatchedBySource {
		at := table(t, g.m.Into)
		t.Add(" ANTI JOIN ")
		if g.m.Joined {
			t.Add("(").Part(g.m.Source).Add("\n)")
		} else {
			t.Part(g.m.Source)
		}
		g.on(t)
		return at
	}
	t.Part(g.m.Source)
	if when == sqlast.NotMatched {
		t.Add("\n ANTI")
	}
	at := table(t.Add("\n JOIN "), g.m.Into)
	g.on(t)
	return at
}

// on adds how rows match.
func (g *merging) on(t *sqlast.Text) {
	if !g.m.On.IsZero() {
		t.Add(" ON (").Part(g.m.On).Add("\n)")
		return
	}
	t.Add(" USING (")
	for i, n := range g.m.Using {
		if i > 0 {
			t.Add(", ")
		}
		t.Part(n.Span)
	}
	t.Add(")")
}

// taker finds the column of the table that takes the i-th column of the source.
func (g *merging) taker(a sqlast.MergeAction, c engine.Column, columns []int, i int) (int, error) {
	if a.ByName {
		return g.column(g.r, sqlast.Name{Span: g.m.Source, Parts: []string{c.Name}})
	}
	return columns[i], nil
}

// taken selects the columns of the table out of the query's: those that were
// computed, or for actions that take all of the source's, those.
func (g *merging) taken(actions []sqlast.MergeAction, stays string) (string, error) {
	fields := g.r.table.Schema().Fields
	from := make([]string, len(fields))
	for i := range fields {
		from[i] = number(3 + i)
	}
	for n, a := range actions {
		if !takesAll(a) {
			continue
		}
		columns, err := g.columns(g.r, a.Columns)
		if err != nil {
			return "", err
		}
		if !a.ByName && len(columns) != len(g.source) {
			return "", g.problem("sql", a.Start, "the source has %d columns for the %d of %s", len(g.source), len(columns), g.r.name)
		}
		for i, c := range g.source {
			at, err := g.taker(a, c, columns, i)
			if err != nil {
				return "", err
			}
			from[at] = fmt.Sprintf("CASE WHEN c2 = %d THEN CAST(%s AS %s) ELSE %s END", n+1, number(3+len(fields)+i), columnType(g.r, at), from[at])
		}
	}
	return g.fields(g.r, from, stays)
}
