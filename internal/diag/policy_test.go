package diag

import "testing"

func TestAPolicyTreatsWarningsByTheirCodes(t *testing.T) {
	for name, c := range map[string]struct {
		policy           Policy
		errors, warnings int
	}{
		"as they are":      {Policy{}, 1, 2},
		"all are errors":   {Strict, 3, 0},
		"one is an error":  {Policy{Codes: map[string]Treatment{"a": Promote}}, 2, 1},
		"one is left":      {Policy{Codes: map[string]Treatment{"a": Warn}, Others: Promote}, 2, 1},
		"errors are shown": {Policy{Others: Silence}, 1, 0},
	} {
		var ps Problems
		ps.Warnf("a", Place{}, "one")
		ps.Errorf("a", Place{}, "two")
		ps.Warnf("b", Place{}, "three")
		c.policy.Apply(&ps)
		if e, w := len(ps.filter(Error)), len(ps.Warnings()); e != c.errors || w != c.warnings {
			t.Errorf("%s: %d errors and %d warnings", name, e, w)
		}
	}
}
