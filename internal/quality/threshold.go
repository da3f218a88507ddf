package quality

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/tarn-lake/tarn/internal/project"
)

// condition is the form of warn_if and error_if: an operator and a number.
var condition = regexp.MustCompile(`^\s*(>=|<=|!=|<>|=|==|>|<)\s*(-?\d+)\s*$`)

// verdict weighs the number of failures as dbt does: a test of severity error
// fails by error_if, else warns by warn_if; one of severity warn only warns.
func verdict(t *project.Test, failures int64) (State, error) {
	fails, err := meets(t.ErrorIf, failures)
	if err != nil {
		return Error, fmt.Errorf("error_if: %w", err)
	}
	warns, err := meets(t.WarnIf, failures)
	if err != nil {
		return Error, fmt.Errorf("warn_if: %w", err)
	}
	switch {
	case severity(t) == "error" && fails:
		return Fail, nil
	case warns:
		return Warn, nil
	default:
		return Pass, nil
	}
}

// meets reports whether n meets a condition; the default is "!= 0".
func meets(text string, n int64) (bool, error) {
	if text == "" {
		return n != 0, nil
	}
	m := condition.FindStringSubmatch(text)
	if m == nil {
		return false, fmt.Errorf("%q is not a condition such as > 10 or != 0", text)
	}
	limit, err := strconv.ParseInt(m[2], 10, 64)
	if err != nil {
		return false, err
	}
	switch m[1] {
	case ">":
		return n > limit, nil
	case ">=":
		return n >= limit, nil
	case "<":
		return n < limit, nil
	case "<=":
		return n <= limit, nil
	case "=", "==":
		return n == limit, nil
	default:
		return n != limit, nil
	}
}
