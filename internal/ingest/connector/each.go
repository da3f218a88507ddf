package connector

import (
	"errors"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/diag"
)

// EachInput looks at all inputs, several at once, and returns every problem that
// a person can mend together; look is given the input's index.
func EachInput(inputs []Input, look func(i int, in Input) error) error {
	errs := make([]error, len(inputs))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, in := range inputs {
		group.Go(func() error {
			errs[i] = look(i, in)
			return nil // every input is looked at, whatever the others are like
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	var problems diag.Problems
	for i, err := range errs {
		var problem *diag.Problem
		if err != nil && !errors.As(err, &problem) {
			return err
		}
		problems.AddError("unreadable", diag.Place{File: inputs[i].Name}, err)
	}
	return problems.Err()
}
