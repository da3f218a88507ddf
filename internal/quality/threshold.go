package quality

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/project"
)

// Count is what a test found, and whether that is too much by its conditions.
type Count struct {
	Failures     int64
	Warns, Fails bool
}

// verdict weighs what was found as dbt does: a test of severity error fails by
// error_if, else warns by warn_if; one of severity warn only warns.
func (c Count) verdict(severity string) State {
	switch {
	case severity == project.SeverityError && c.Fails:
		return Fail
	case c.Warns:
		return Warn
	default:
		return Pass
	}
}

// thresholds are how a test counts and weighs its failing rows, as three columns:
// fail_calc, and whether it meets the conditions to warn and to fail, which stand
// behind it, such as "> 10" or "between 1 and 5".
func thresholds(t *project.Test) string {
	calc, warn, fail := or(t.FailCalc, "count(*)"), or(t.WarnIf, "!= 0"), or(t.ErrorIf, "!= 0")
	return fmt.Sprintf("CAST(coalesce(%s, 0) AS BIGINT) AS failures, coalesce(%s %s, false) AS should_warn, coalesce(%s %s, false) AS should_error",
		calc, calc, warn, calc, fail)
}

func or(text, usual string) string {
	if text == "" {
		return usual
	}
	return text
}

// count counts the failing rows.
func (j *Judge) count(ctx context.Context, statement gate.Statement, t *project.Test) (Count, error) {
	result, err := j.Gate.Select(ctx, statement, func(inner string, _ []engine.Column) (string, error) {
		if t.Limit > 0 {
			inner = fmt.Sprintf("SELECT * FROM (%s) LIMIT %d", inner, t.Limit)
		}
		return fmt.Sprintf("SELECT %s FROM (%s) AS dbt_internal_test", thresholds(t), inner), nil
	})
	if err != nil {
		return Count{}, err
	}
	defer result.Release()
	var c Count
	for result.Next() {
		if b := result.RecordBatch(); b.NumRows() > 0 {
			c = readCount(b, 0)
		}
	}
	return c, result.Err()
}

// readCount reads three columns of a row, from the one called first.
func readCount(b arrow.RecordBatch, first int) (c Count) {
	if n, ok := b.Column(first).(*array.Int64); ok {
		c.Failures = n.Value(0)
	}
	if w, ok := b.Column(first + 1).(*array.Boolean); ok {
		c.Warns = w.Value(0)
	}
	if e, ok := b.Column(first + 2).(*array.Boolean); ok {
		c.Fails = e.Value(0)
	}
	return c
}
