package write

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/scan"
)

// MergeInto is the engine's MERGE INTO.
type MergeInto struct {
	// On is the condition on a row of the table and one that came in, or Using
	// the columns that agree; On then is a condition beside.
	On    string
	Using []string
	// Near is a condition that holds wherever On does; only rows of the table
	// for which it holds with some row that came in can be matched. "" is On.
	Near string
	// Clauses apply in their order.
	Clauses []MergeClause
}

// MergeClause is one WHEN … THEN … of a MERGE.
type MergeClause struct {
	// Matched, BySource: WHEN MATCHED, WHEN NOT MATCHED, WHEN NOT MATCHED BY
	// SOURCE.
	Matched, BySource bool
	// Condition is the clause's AND; "" for none.
	Condition string
	Action    MergeAction
	// Set are the columns that an update changes, where Action is UpdateSet;
	// Columns those that an InsertValues fills.
	Set     []Assignment
	Columns []string
	Values  []string
	// Message is that of an error.
	Message string
}

// Assignment gives a column a value.
type Assignment struct {
	Column string
	SQL    string
}

// MergeAction is what a clause does with a row.
type MergeAction string

// The actions.
const (
	UpdateByName     MergeAction = "UPDATE BY NAME"
	UpdateByPosition MergeAction = "UPDATE BY POSITION"
	UpdateStar       MergeAction = "UPDATE SET *"
	UpdateSet        MergeAction = "UPDATE SET"
	InsertByName     MergeAction = "INSERT BY NAME"
	InsertByPosition MergeAction = "INSERT BY POSITION"
	InsertStar       MergeAction = "INSERT *"
	InsertValues     MergeAction = "INSERT"
	DeleteRow        MergeAction = "DELETE"
	DoNothing        MergeAction = "DO NOTHING"
	RaiseError       MergeAction = "ERROR"
)

// touch copies the rows of the table that a merge may change; they leave their
// files.
func (c *edition) touch(ctx context.Context, m MergeInto) error {
	hit := fmt.Sprintf("SELECT %s.* FROM %s AS %[1]s", ident.Quote(c.e.Target), c.base)
	if !m.all() {
		hit += fmt.Sprintf(" SEMI JOIN %s AS %s %s", fresh, ident.Quote(c.e.Source), m.near())
	}
	if err := c.exec(ctx, "CREATE TEMP TABLE tarn_hit AS "+hit); err != nil {
		return err
	}
	if err := c.exec(ctx, "INSERT INTO %s SELECT %s, %s FROM tarn_hit", gone, scan.PathColumn, scan.RowColumn); err != nil {
		return err
	}
	return c.exec(ctx, "CREATE TEMP TABLE %s AS SELECT %s FROM tarn_hit; DROP TABLE tarn_hit", target, c.list("", nil))
}

// all reports whether a clause is about rows that nothing matches.
func (m MergeInto) all() bool {
	for _, clause := range m.Clauses {
		if clause.BySource {
			return true
		}
	}
	return false
}

func (m MergeInto) near() string {
	if len(m.Using) > 0 {
		return "USING (" + ident.QuoteAll(m.Using) + ")"
	}
	if m.Near != "" {
		return "ON (" + m.Near + ")"
	}
	return "ON (" + m.On + ")"
}

// merge lets the engine merge the rows that came in into those it may touch.
func (c *edition) merge(ctx context.Context, m MergeInto) error {
	var b strings.Builder
	fmt.Fprintf(&b, "MERGE INTO %s AS %s USING %s AS %s ", target, ident.Quote(c.e.Target), fresh, ident.Quote(c.e.Source))
	if len(m.Using) > 0 {
		b.WriteString("USING (" + ident.QuoteAll(m.Using) + ")")
	} else {
		b.WriteString("ON (" + m.On + ")")
	}
	for _, clause := range m.Clauses {
		b.WriteString("\n" + clause.sql())
	}
	return c.exec(ctx, "%s", b.String())
}

func (m MergeClause) sql() string {
	when := "WHEN NOT MATCHED"
	switch {
	case m.Matched:
		when = "WHEN MATCHED"
	case m.BySource:
		when = "WHEN NOT MATCHED BY SOURCE"
	}
	if m.Condition != "" {
		when += " AND (" + m.Condition + ")"
	}
	return when + " THEN " + m.action()
}

func (m MergeClause) action() string {
	switch m.Action {
	case UpdateSet:
		list := make([]string, len(m.Set))
		for i, a := range m.Set {
			list[i] = ident.Quote(a.Column) + " = (" + a.SQL + ")"
		}
		return "UPDATE SET " + strings.Join(list, ", ")
	case InsertValues:
		return "INSERT (" + ident.QuoteAll(m.Columns) + ") VALUES (" + strings.Join(m.Values, ", ") + ")"
	case RaiseError:
		if m.Message != "" {
			return "ERROR " + ident.Literal(m.Message)
		}
		return "ERROR"
	default:
		return string(m.Action)
	}
}
