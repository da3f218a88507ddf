package run

import (
	"context"
	"fmt"
)

// AllSteps returns the steps of all runs at one moment, newest run first.
func (j *Journal) AllSteps(ctx context.Context) ([]Step, error) {
	steps, err := j.steps(ctx, `ORDER BY (SELECT run.started FROM run WHERE run.id = step.run_id) DESC, run_id DESC, number, attempt`)
	if err != nil {
		return nil, fmt.Errorf("read the steps: %w", err)
	}
	return steps, nil
}
