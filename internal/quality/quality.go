// Package quality judges data: it turns a declared test into a query for the
// rows that fail it, runs it through the gate and gives the verdict.
//
// It promises that a verdict comes with its figures: how many rows fail, the
// first of them, and, where the test names evidence, the rows that explain why.
// It leaves to others when tests run and what a failure holds back.
package quality

import (
	"context"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/project"
)

// keptRows is how many failing rows and rows of evidence are kept with a
// verdict.
const keptRows = 100

// State is a verdict.
type State string

// The verdicts.
const (
	Pass  State = "pass"
	Warn  State = "warn"
	Fail  State = "fail"
	Error State = "error"
)

// Sample is the first rows of a result, as text.
type Sample struct {
	Name    string     `json:"name,omitempty"`
	Columns []string   `json:"columns"`
	Numeric []bool     `json:"numeric"`
	Rows    [][]string `json:"rows"`
}

// Verdict is the outcome of a test.
type Verdict struct {
	Test     string `json:"test"`
	State    State  `json:"state"`
	Severity string `json:"severity"`
	// Failures is what the test's fail_calc gave, usually the number of rows.
	Failures int64 `json:"failures"`
	// Promoted says that the test fails only because warnings are errors.
	Promoted bool   `json:"promoted,omitempty"`
	Message  string `json:"message,omitempty"`
	SQL      string `json:"sql,omitempty"`
	// Stored is the table or view that holds the failing rows.
	Stored string `json:"stored,omitempty"`
	// Failing holds the first failing rows.
	Failing *Sample `json:"failing,omitempty"`
	// Evidence holds the rows that explain the failure.
	Evidence *Sample       `json:"evidence,omitempty"`
	Took     time.Duration `json:"took"`
}

// Holds reports whether the verdict keeps the tested data from being published.
func (v Verdict) Holds() bool { return v.State == Fail || v.State == Error }

// Judge runs tests of one project for one principal.
type Judge struct {
	Gate    *gate.Gate
	Project *project.Project
	Who     policy.Who
	// Compile gives the query of a test or an analysis, on what scope shows.
	Compile func(ctx context.Context, r *project.Resource, scope gate.Scope) (gate.Statement, error)
	// WarnIsError fails a test that would only warn.
	WarnIsError bool
	// Relation is how such a query names a resource that is a table or a view.
	Relation func(r *project.Resource) string
	// Stores reports whether the failing rows of a test are stored; nil is what its
	// settings say.
	Stores func(ctx context.Context, test *project.Resource, scope gate.Scope) (bool, error)
	// Decide counts the failing rows of a test by a macro of the project's; nil is
	// that there is none.
	Decide func(ctx context.Context, test *project.Resource, query gate.Statement) (Count, error)
	// StoreFailures stores the rows of a query, the test's, and returns one for what
	// is stored; nil stores nothing.
	StoreFailures func(ctx context.Context, test *project.Resource, query gate.Statement) (gate.Statement, error)
}

// Run runs one test against what scope shows. A query that cannot run is an
// [Error] verdict, not an error; errors are for a context that ended.
func (j *Judge) Run(ctx context.Context, test *project.Resource, scope gate.Scope) (Verdict, error) {
	return j.run(ctx, test, scope, nil)
}

// run runs a test; found is what it counts where that is known already.
func (j *Judge) run(ctx context.Context, test *project.Resource, scope gate.Scope, found *Count) (Verdict, error) {
	started := time.Now()
	v := Verdict{Test: test.ID, State: Pass, Severity: severity(settings(test))}
	err := j.judge(ctx, test, scope, found, &v)
	v.Took = time.Since(started)
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	if err != nil {
		v.State, v.Message = Error, err.Error()
	}
	return v, nil
}

func (j *Judge) judge(ctx context.Context, test *project.Resource, scope gate.Scope, found *Count, v *Verdict) error {
	statement, err := j.compile(ctx, test, scope)
	if err != nil {
		return err
	}
	v.SQL = statement.SQL
	if j.Decide != nil && test.Kind == project.KindTest {
		c, err := j.Decide(ctx, test, statement)
		if err != nil {
			return err
		}
		return j.weigh(ctx, test, scope, statement, c, v)
	}
	stores, err := j.stores(ctx, test, scope)
	if err != nil {
		return err
	}
	if stores && j.StoreFailures != nil {
		if statement, err = j.StoreFailures(ctx, test, statement); err != nil {
			return fmt.Errorf("store the failing rows: %w", err)
		}
		v.Stored = test.Relation.String()
	}
	if found == nil {
		c, err := j.count(ctx, statement, settings(test))
		if err != nil {
			return err
		}
		found = &c
	}
	return j.weigh(ctx, test, scope, statement, *found, v)
}

func (j *Judge) stores(ctx context.Context, test *project.Resource, scope gate.Scope) (bool, error) {
	if j.Stores == nil || test.Kind != project.KindTest {
		return settings(test).StoreFailures, nil
	}
	return j.Stores(ctx, test, scope)
}

// weigh gives the verdict, with the failing rows where there is something to
// say about them.
func (j *Judge) weigh(ctx context.Context, test *project.Resource, scope gate.Scope, statement gate.Statement, c Count, v *Verdict) (err error) {
	v.Failures, v.State = c.Failures, c.verdict(v.Severity)
	if v.State == Warn && j.WarnIsError {
		v.State, v.Promoted = Fail, true
	}
	if v.State == Pass {
		return nil
	}
	v.Message = fmt.Sprintf("%d %s", v.Failures, plural(v.Failures, "failing row", "failing rows"))
	if v.Failing, err = j.sample(ctx, statement); err != nil {
		return err
	}
	return j.explain(ctx, test, scope, v)
}

func (j *Judge) compile(ctx context.Context, r *project.Resource, scope gate.Scope) (gate.Statement, error) {
	st, err := j.Compile(ctx, r, scope)
	st.Purpose = "test"
	return st, err
}

// explain adds the rows of the analysis that the test names as its evidence.
func (j *Judge) explain(ctx context.Context, test *project.Resource, scope gate.Scope, v *Verdict) error {
	if test.Test == nil || test.Test.Evidence == "" {
		return nil
	}
	analysis := j.Project.ByID(test.Test.Evidence)
	if analysis == nil {
		return fmt.Errorf("the evidence %s is not in the project", test.Test.Evidence)
	}
	statement, err := j.compile(ctx, analysis, scope)
	if err != nil {
		return err
	}
	v.Evidence, err = j.sample(ctx, statement)
	if err != nil {
		return fmt.Errorf("the evidence %s: %w", analysis.Name, err)
	}
	v.Evidence.Name = analysis.Name
	return nil
}

func (j *Judge) sample(ctx context.Context, statement gate.Statement) (*Sample, error) {
	result, err := j.Gate.Select(ctx, statement, func(inner string, _ []engine.Column) (string, error) {
		return fmt.Sprintf("SELECT * FROM (%s) LIMIT %d", inner, keptRows), nil
	})
	if err != nil {
		return nil, err
	}
	defer result.Release()
	s := &Sample{Rows: [][]string{}}
	for _, f := range result.Schema().Fields() {
		s.Columns = append(s.Columns, f.Name)
		s.Numeric = append(s.Numeric, cell.Numeric(f.Type))
	}
	for result.Next() {
		b := result.RecordBatch()
		for i := range int(b.NumRows()) {
			row := make([]string, b.NumCols())
			for c := range row {
				if row[c] = cell.Text(b.Column(c), i); b.Column(c).IsNull(i) {
					row[c] = "NULL"
				}
			}
			s.Rows = append(s.Rows, row)
		}
	}
	return s, result.Err()
}

// settings are those of a test; unit tests have none.
func settings(test *project.Resource) *project.Test {
	if test.Test == nil {
		return &project.Test{}
	}
	return test.Test
}

func severity(t *project.Test) string {
	if t.Severity == "" {
		return "error"
	}
	return t.Severity
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
