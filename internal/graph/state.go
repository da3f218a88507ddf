package graph

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// State answers what criteria ask about earlier invocations.
type State interface {
	// Is reports whether a resource is, next to how it was declared before, what
	// the value of state: says: new, old, modified, unmodified, modified.body and
	// so on, one of [StateValues].
	Is(r *project.Resource, value string) (bool, error)
	// Result returns how a resource ended the last time, in the words of
	// run_results.json; "" where it was not run.
	Result(id string) (string, error)
	// Fresher reports whether a source has newer rows than the time before.
	Fresher(id string) (bool, error)
}

// StateValues are the values of state:.
var StateValues = []string{
	"modified", "modified.body", "modified.configs", "modified.contract", "modified.macros",
	"modified.persisted_descriptions", "modified.relation", "new", "old", "unmodified",
}

// resultValues are the values of result:.
var resultValues = []string{"error", "fail", "no-op", "partial success", "pass", "runtime error", "skipped", "success", "warn"}

// stateMethods are the methods that need a [State].
var stateMethods = map[string]func(q *query, value string, r *project.Resource) (bool, error){
	"state":         func(q *query, value string, r *project.Resource) (bool, error) { return q.state.Is(r, value) },
	"result":        matchResult,
	"source_status": func(q *query, _ string, r *project.Resource) (bool, error) { return q.state.Fresher(r.ID) },
}

func matchResult(q *query, value string, r *project.Resource) (bool, error) {
	status, err := q.state.Result(r.ID)
	return status == value && status != "", err
}

// prepare gives a criterion about earlier invocations its answers.
func (q *query) prepare(c *criterion) error {
	match, ok := stateMethods[c.method]
	if !ok {
		return nil
	}
	if q.state == nil {
		return diag.New("no-state", diag.Place{}, "`%s` compares with an earlier invocation, and none is given", c.text).
			WithHint("name the folder that has its artifacts: --state path/to/target")
	}
	matched := map[string]bool{}
	for _, r := range q.graph.resources {
		yes, err := match(q, c.value, r)
		if err != nil {
			return err
		}
		matched[r.ID] = yes
	}
	c.matchesResource = func(_ *criterion, r *project.Resource) bool { return matched[r.ID] }
	return nil
}

// never is the matcher of a method whose answers come from [query.prepare].
func never(*criterion, *project.Resource) bool { return false }

// matchVersion compares a version with the latest one.
func matchVersion(c *criterion, r *project.Resource) bool {
	if r.Kind != project.KindModel {
		return false
	}
	own, latest := r.Version, r.LatestVersion
	switch c.value {
	case "none":
		return own == ""
	case "latest":
		return own != "" && own == latest
	case "prerelease":
		return own != "" && latest != "" && compareVersions(own, latest) > 0
	default:
		return own != "" && latest != "" && compareVersions(own, latest) < 0
	}
}

// compareVersions compares numbers as numbers and anything else as text.
func compareVersions(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return strings.Compare(a, b)
	}
	return cmp.Compare(x, y)
}
