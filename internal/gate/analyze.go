package gate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
)

// Analysis is what a statement did when it ran.
type Analysis struct {
	// Plan has no columns.
	Plan
	// Rows is how many rows it returned, and Took how long that took.
	Rows int64
	Took time.Duration
	// Root are the engine's steps; nil where the statement reads more than who asks
	// may: what they count would tell of it.
	Root *Operator
}

// Operator is a step of the engine. It has neither names nor expressions: those
// are of the files that tables became, and of what policies and views make of the
// statement.
type Operator struct {
	// Kind is the engine's word for it, such as HASH_JOIN.
	Kind string
	// Rows is how many rows came out of it, Took the time of all threads together.
	Rows   int64
	Took   time.Duration
	Inputs []Operator
}

// analyzing makes the engine run a statement and tell what it did instead of the
// rows.
const analyzing = "EXPLAIN (ANALYZE, FORMAT JSON) "

// Analyze runs a statement and tells what it did. Its rows are not kept.
func (g *Gate) Analyze(ctx context.Context, st Statement) (*Analysis, error) {
	p, err := g.pass(ctx, st)
	if err != nil {
		return nil, err
	}
	defer p.close()
	text, err := p.analyze(ctx)
	if err != nil {
		var e *engine.Error
		if errors.As(err, &e) && e.Offset >= len(analyzing) {
			own := *e
			own.Offset -= len(analyzing)
			err = &own
		}
		return nil, p.engineProblem(ctx, err)
	}
	var said profile
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		return nil, fmt.Errorf("read what the engine says of a statement: %w", err)
	}
	out := &Analysis{Plan: Plan{SQL: p.sql, Tables: p.tables, Reads: p.reads(), Spent: p.spent}, Took: seconds(said.Latency)}
	root := said.root()
	if root != nil {
		out.Rows = root.Rows
	}
	if len(p.shielded) == 0 || p.trusted() {
		out.Root = root
	}
	return out, nil
}

// analyze runs the statement and returns what the engine says of it.
func (p *passage) analyze(ctx context.Context) (string, error) {
	rows, err := p.session.Query(ctx, analyzing+p.sql)
	if err != nil {
		return "", err
	}
	defer rows.Release()
	var told strings.Builder // what rows hold is gone with them
	for rows.Next() {
		b := rows.RecordBatch()
		values, is := b.Column(int(b.NumCols()) - 1).(*array.String)
		if !is {
			return "", errors.New("the engine tells of a statement by something else than text")
		}
		for i := range values.Len() {
			told.WriteString(values.Value(i))
		}
	}
	return told.String(), rows.Err()
}

// profile is what the engine says of a statement, and of each of its steps.
type profile struct {
	Latency float64   `json:"latency"`
	Kind    string    `json:"operator_type"`
	Out     int64     `json:"operator_cardinality"`
	Timing  float64   `json:"operator_timing"`
	Inputs  []profile `json:"children"`
}

// root is the first step that is the statement's.
func (f profile) root() *Operator {
	for f.Kind == "" || strings.HasPrefix(f.Kind, "EXPLAIN") {
		if len(f.Inputs) != 1 {
			return nil
		}
		f = f.Inputs[0]
	}
	o := f.operator()
	return &o
}

func (f profile) operator() Operator {
	o := Operator{Kind: f.Kind, Rows: f.Out, Took: seconds(f.Timing)}
	for _, in := range f.Inputs {
		o.Inputs = append(o.Inputs, in.operator())
	}
	return o
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
