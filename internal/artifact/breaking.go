package artifact

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// Breaking are the contracts that promise less than they did, of the resources
// that were compared: a warning for a model that has no versions, an error for
// one that has. The rules are dbt's.
func (s *State) Breaking() []*diag.Problem { return s.breaking.All() }

// tellBroken notes what a model no longer promises. It is compared once,
// however many criteria ask.
func (s *State) tellBroken(r *project.Resource, n, old PreviousNode) {
	if s.told[r.ID] || r.Kind != project.KindModel || !old.Contract.Enforced {
		return
	}
	s.told[r.ID] = true
	if broken := n.broken(old); len(broken) > 0 && !n.sameContract(old) {
		s.tell(r.ContractPlace(), r.Name, n.Version != nil, "promises less than before: "+strings.Join(broken, "; "))
	}
}

// tellGone notes the models with contracts that are no longer there.
func (s *State) tellGone() {
	for _, id := range slices.Sorted(maps.Keys(s.before.Nodes)) {
		old, how := s.before.Nodes[id], "is gone: the model was deleted or renamed"
		if _, there := s.now.Nodes[id]; there || s.told[id] {
			continue
		}
		if disabled := s.now.Disabled[id]; len(disabled) > 0 {
			old, how = disabled[0], "is gone: the model was disabled"
		}
		s.told[id] = true
		if old.ResourceType == "model" && old.Contract.Enforced && !old.deprecated() {
			s.tell(diag.Place{File: old.OriginalFilePath}, old.Name, old.Version != nil, how)
		}
	}
}

func (s *State) tell(at diag.Place, name string, versioned bool, what string) {
	if versioned {
		s.breaking.Errorf("breaking-change", at, "the contract of `%s`, which has versions, %s", name, what).
			WithHint("keep what this version promises, and make a new version of the model")
		return
	}
	s.breaking.Warnf("breaking-change", at, "the contract of `%s` %s", name, what).
		WithHint("add to it instead of changing it, or give the model versions")
}

// deprecated reports whether a model was announced to end before now.
func (n PreviousNode) deprecated() bool {
	if n.DeprecationDate == nil {
		return false
	}
	var at Time
	err := at.UnmarshalJSON([]byte(`"` + *n.DeprecationDate + `"`))
	return err == nil && !time.Time(at).IsZero() && time.Time(at).Before(time.Now())
}

// broken says what a model no longer promises that it did.
func (n PreviousNode) broken(old PreviousNode) []string {
	var out []string
	if !n.Contract.Enforced {
		out = append(out, "it is no longer enforced")
	}
	enforced, constrained := old.holdsConstraints(), len(old.Constraints) > 0
	for _, key := range slices.Sorted(maps.Keys(old.Columns)) {
		was := old.Columns[key]
		constrained = constrained || len(was.Constraints) > 0
		is, there := n.Columns[key]
		if !there {
			out = append(out, fmt.Sprintf("the column `%s` is gone", was.Name))
			continue
		}
		if a, b := typeText(was.DataType), typeText(is.DataType); baseType(a) != baseType(b) {
			out = append(out, fmt.Sprintf("the column `%s` was %s and is %s", was.Name, a, b))
		}
		for _, c := range lost(was.Constraints, is.Constraints, enforced) {
			out = append(out, fmt.Sprintf("the column `%s` no longer has the constraint `%s` as it was", was.Name, c.called()))
		}
	}
	for _, c := range lost(old.Constraints, n.Constraints, enforced) {
		out = append(out, fmt.Sprintf("there is no longer the constraint `%s` on %s as it was", c.called(), strings.Join(c.Columns, ", ")))
	}
	if enforced && !n.holdsConstraints() && constrained {
		out = append(out, fmt.Sprintf("it was materialized as %v and is as %v, which has no constraints", old.Config["materialized"], n.Config["materialized"]))
	}
	return out
}

// holdsConstraints reports whether a model is materialized as what has them.
func (n PreviousNode) holdsConstraints() bool {
	m := n.Config["materialized"]
	return m == project.MaterializedTable || m == project.MaterializedIncremental
}

// lost are the constraints that are no longer there as they were; those that
// nothing enforced are no loss.
func lost(was, is []Constraint, enforced bool) []Constraint {
	var out []Constraint
	for _, c := range was {
		if enforced && c.Type != project.ConstraintCustom && !slices.ContainsFunc(is, func(d Constraint) bool { return same(c, d) }) {
			out = append(out, c)
		}
	}
	return out
}

func (c Constraint) called() string {
	if c.Name != nil {
		return *c.Name
	}
	return c.Type
}

func typeText(t *string) string {
	if t == nil {
		return "of no type"
	}
	return *t
}

// baseType is a type without its size, which may change.
func baseType(t string) string {
	base, _, _ := strings.Cut(t, "(")
	return strings.ToLower(strings.TrimSpace(base))
}
