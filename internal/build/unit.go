package build

import (
	"context"
	"fmt"

	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
)

// unitTests runs the tests of a model's logic, which need nothing but the
// columns of what it reads.
func (x *execution) unitTests(ctx context.Context, r *project.Resource) (verdicts []quality.Verdict, passed bool, err error) {
	passed = true
	for _, test := range x.units[r.ID] {
		v, err := x.Judge.Run(ctx, test, x.scope)
		if err != nil {
			return nil, false, err
		}
		verdicts, passed = append(verdicts, v), passed && !v.Holds()
	}
	return verdicts, passed, nil
}

// unitsFailed is the result of a model that is not built because its logic is
// wrong.
func unitsFailed(r *project.Resource, units []quality.Verdict) run.Result {
	message := ""
	for _, v := range units {
		if v.Holds() && message == "" {
			message = fmt.Sprintf("%s: %s: the model is not built", v.Test, v.Message)
		}
	}
	return run.Result{State: run.Failed, Message: message, Details: encode(Details{Materialized: r.Config.Materialized, Tests: units})}
}
