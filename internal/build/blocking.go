package build

import "github.com/tarn-lake/tarn/internal/project"

// block lets what this run builds from resources that it does not build wait
// for their tests, and be left alone where one fails: as in dbt, a step waits
// for a test where it comes after all that the test reads.
func (x *execution) block(free []*project.Resource, built map[string]bool, order waits) {
	below := map[string]map[string]bool{} // what this run builds below a resource
	for _, test := range free {
		if test.Kind != project.KindTest || len(test.DependsOn) == 0 {
			continue
		}
		for id := range x.below(test.DependsOn[0], built, below) {
			if !x.belowAll(id, test.DependsOn, built, below) {
				continue
			}
			waited := false
			for need := range order.needs[id] {
				waited = waited || built[need] && x.belowAll(need, test.DependsOn, built, below)
			}
			if !waited {
				order.needs[id][test.ID] = true
			}
		}
	}
}

func (x *execution) belowAll(id string, all []string, built map[string]bool, below map[string]map[string]bool) bool {
	for _, read := range all {
		if !x.below(read, built, below)[id] {
			return false
		}
	}
	return true
}

// below is what this run builds below a resource; known keeps it.
func (x *execution) below(id string, built map[string]bool, known map[string]map[string]bool) map[string]bool {
	found, ok := known[id]
	if !ok {
		found = map[string]bool{}
		for _, d := range x.Graph.Descendants(id) {
			if built[d] {
				found[d] = true
			}
		}
		known[id] = found
	}
	return found
}
