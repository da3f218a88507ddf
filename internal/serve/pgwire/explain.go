package pgwire

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/gate"
)

// explain reads EXPLAIN: which tables a statement reads, and how much of them is
// left once files are left out that cannot matter. It tells no more than the
// statement itself, which has passed the gate. With ANALYZE the statement runs, and
// what the engine did is told.
func (c *conn) explain(w *words) (*command, error) {
	asJSON, analyze := false, false
	if w.accept("(") {
		options, err := w.list()
		if err != nil {
			return nil, err
		}
		for _, o := range options {
			words := strings.Fields(strings.ToUpper(o))
			switch {
			case len(words) == 2 && words[0] == "FORMAT" && (words[1] == "JSON" || words[1] == "TEXT"):
				asJSON = words[1] == "JSON"
			case words[0] == "ANALYZE":
				analyze = len(words) == 1 || words[1] != "FALSE" && words[1] != "OFF" && words[1] != "0"
			case words[0] == "FORMAT":
				return nil, fail("0A000", "plans are TEXT or JSON")
			}
		}
	}
	analyze = w.accept("ANALYZE") || analyze
	w.accept("VERBOSE")
	if w.ended() {
		return nil, w.unexpected()
	}
	before := w.sql[:w.tokens[0].Start]
	st := newStatement(w.rest())
	columns := []column{{"QUERY PLAN", textKind}}
	if asJSON {
		columns[0].kind = jsonKind
	}
	return &command{recorded: true, about: st, columns: columns, run: func(ctx context.Context, p *portal) (string, error) {
		inner, given, err := c.explained(ctx, p, st)
		switch {
		case err != nil:
			return "", c.notRun(ctx, p.st, err)
		case !analyze:
			err = c.planned(ctx, p, inner, given, asJSON)
		case inner == st: // what is wrong with it is where it stands
			err = c.analyzed(ctx, p, blank(before)+st.sql, given, asJSON)
		default:
			err = c.analyzed(ctx, p, inner.sql, given, asJSON)
		}
		return "EXPLAIN", err
	}}, nil
}

// blank is as much white space as a text has characters.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, text)
}

// explained is the statement that EXPLAIN is about, with its values.
func (c *conn) explained(ctx context.Context, p *portal, st *statement) (*statement, []string, error) {
	inner, given, err := c.executed(ctx, st)
	switch {
	case err != nil:
		return nil, nil, err
	case inner == nil:
		inner, given = st, p.values
	}
	if c.writes(inner) {
		return nil, nil, fail("0A000", "EXPLAIN is for statements that read").hinted("explain the query inside")
	}
	return inner, given, nil
}

// planned sends the plan of a statement.
func (c *conn) planned(ctx context.Context, p *portal, inner *statement, given []string, asJSON bool) error {
	scope, err := c.now(ctx)
	if err != nil {
		return c.notRun(ctx, p.st, err)
	}
	entry, err := c.record(ctx, p.st.sql, given, false)
	if err != nil {
		return err
	}
	gated := c.gated(inner.sql, scope, given)
	plan, err := c.server.Gate.Plan(ctx, gated)
	entry.Decided(gated.Decisions.Policies())
	if err != nil {
		finish(ctx, entry, err)
		return toldOf(ctx, err, inner)
	}
	entry.Planned(plan.Tables)
	finish(ctx, entry, nil)
	if asJSON {
		p.textRow(planJSON(plan))
		return nil
	}
	if len(plan.Reads) == 0 {
		p.textRow("Result  (no tables)")
	}
	for _, r := range plan.Reads {
		p.textRow(planLine(r, len(plan.Reads)))
	}
	return nil
}

func planLine(r gate.Read, of int) string {
	arrow := ""
	if of > 1 {
		arrow = "->  "
	}
	files := " files"
	if r.Files == 1 {
		files = " file"
	}
	return arrow + "Scan on " + r.Table.String() + "  (rows=" + strconv.FormatInt(r.Rows, 10) + " of " + strconv.Itoa(r.Files) + files +
		", " + strconv.FormatInt(r.Bytes, 10) + " bytes)"
}

func planJSON(plan *gate.Plan) string {
	var list []string
	for _, r := range plan.Reads {
		list = append(list, fmt.Sprintf(`{"Node Type": "Scan", "Schema": %q, "Relation Name": %q, "Plan Rows": %d, "Files": %d, "Bytes": %d}`,
			r.Table.Namespace, r.Table.Name, r.Rows, r.Files, r.Bytes))
	}
	return `[{"Plan": {"Node Type": "Result", "Plans": [` + strings.Join(list, ", ") + `]}}]`
}
