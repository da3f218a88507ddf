package pgwire

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/gate"
)

// analyzed runs a statement, as any that reads, and sends what the engine did
// instead of its rows.
func (c *conn) analyzed(ctx context.Context, p *portal, sql string, values []string, asJSON bool) error {
	var found *gate.Analysis
	err := p.during(ctx, func() error {
		scope, err := c.now(p.ctx)
		if err != nil {
			return err
		}
		st := c.gated(sql, scope, values)
		found, err = c.server.Gate.Analyze(p.ctx, st)
		p.entry.Decided(st.Decisions.Policies())
		if err == nil {
			p.entry.Planned(found.Tables)
		}
		return err
	})
	if err != nil {
		return err
	}
	p.close()
	if asJSON {
		text, err := analysisJSON(found)
		p.textRow(text)
		return err
	}
	for _, line := range analysisLines(found) {
		p.textRow(line)
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// analysisLines are what the engine did, and then what was read of tables.
func analysisLines(a *gate.Analysis) (lines []string) {
	if a.Root == nil {
		lines = []string{fmt.Sprintf("Result  (actual rows=%d)", a.Rows)}
	} else {
		lines = operatorLines(nil, a.Root, 0)
	}
	for _, r := range a.Reads {
		lines = append(lines, planLine(r, 1))
	}
	return append(lines, fmt.Sprintf("Planning Time: %.3f ms", milliseconds(a.Spent.Gate()+a.Spent.Files)), fmt.Sprintf("Execution Time: %.3f ms", milliseconds(a.Took)))
}

func operatorLines(lines []string, o *gate.Operator, depth int) []string {
	arrow := ""
	if depth > 0 {
		arrow = strings.Repeat("  ", 2*depth-1) + "->  "
	}
	lines = append(lines, fmt.Sprintf("%s%s  (actual time=%.3f ms rows=%d)", arrow, o.Kind, milliseconds(o.Took), o.Rows))
	for i := range o.Inputs {
		lines = operatorLines(lines, &o.Inputs[i], depth+1)
	}
	return lines
}

// node is a step in JSON, by PostgreSQL's names.
type node struct {
	Kind   string   `json:"Node Type"`
	Schema string   `json:"Schema,omitempty"`
	Table  string   `json:"Relation Name,omitempty"`
	Most   *int64   `json:"Plan Rows,omitempty"`
	Files  *int     `json:"Files,omitempty"`
	Bytes  *int64   `json:"Bytes,omitempty"`
	Rows   *int64   `json:"Actual Rows,omitempty"`
	Took   *float64 `json:"Actual Total Time,omitempty"`
	Inputs []node   `json:"Plans,omitempty"`
}

func analysisJSON(a *gate.Analysis) (string, error) {
	plan := node{Kind: "Result", Rows: &a.Rows}
	if a.Root != nil {
		plan = nodeOf(*a.Root)
	}
	var reads []node
	for _, r := range a.Reads {
		reads = append(reads, node{Kind: "Scan", Schema: r.Table.Namespace, Table: r.Table.Name, Most: &r.Rows, Files: &r.Files, Bytes: &r.Bytes})
	}
	text, err := json.Marshal([]any{struct {
		Plan      node
		Reads     []node
		Planning  float64 `json:"Planning Time"`
		Execution float64 `json:"Execution Time"`
	}{plan, reads, milliseconds(a.Spent.Gate() + a.Spent.Files), milliseconds(a.Took)}})
	return string(text), err
}

func nodeOf(o gate.Operator) node {
	took := milliseconds(o.Took)
	n := node{Kind: o.Kind, Rows: &o.Rows, Took: &took}
	for _, in := range o.Inputs {
		n.Inputs = append(n.Inputs, nodeOf(in))
	}
	return n
}
