package artifact

import (
	"fmt"
	"slices"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// State compares a project with what earlier invocations left: it answers the
// criteria state:, result: and source_status: (see graph.State). Files are read
// when they are asked for.
type State struct {
	// Dir has the artifacts of the earlier invocation, Target those of the last
	// one of this project.
	Dir, Target string
	// Current is the project's manifest.
	Current func() (*Manifest, error)

	now, before   *Previous
	changedMacros map[string]bool
	results       map[string]string
	fresher       map[string]bool
	breaking      diag.Problems
	told          map[string]bool // whose contract was compared
}

// Manifest returns the manifest of the earlier invocation.
func (s *State) Manifest() (*Previous, error) {
	if s.before == nil {
		before, err := ReadManifest(s.Dir)
		if err != nil {
			return nil, err
		}
		s.before = before
	}
	return s.before, nil
}

// compare makes both manifests ready.
func (s *State) compare() error {
	if s.now != nil {
		return nil
	}
	before, err := s.Manifest()
	if err != nil {
		return err
	}
	m, err := s.Current()
	if err != nil {
		return err
	}
	now, err := m.previous()
	if err != nil {
		return fmt.Errorf("compare with %s: %w", s.Dir, err)
	}
	s.now, s.changedMacros, s.told = now, map[string]bool{}, map[string]bool{}
	for id, macro := range now.Macros {
		old, ok := before.Macros[id]
		s.changedMacros[id] = !ok || old.MacroSQL != macro.MacroSQL
	}
	for id := range before.Macros {
		if _, ok := now.Macros[id]; !ok {
			s.changedMacros[id] = true
		}
	}
	return nil
}

// Is reports whether a resource is what the value of state: says.
func (s *State) Is(r *project.Resource, value string) (bool, error) {
	if err := s.compare(); err != nil {
		return false, err
	}
	n, _ := s.now.Node(r.ID)
	old, had := s.before.Node(r.ID)
	switch value {
	case "modified", "unmodified", "modified.contract":
		s.tellBroken(r, n, old)
		s.tellGone()
	}
	switch value {
	case "new":
		return !had, nil
	case "old":
		return had, nil
	case "modified":
		return s.modified(n, old, had), nil
	case "unmodified":
		return !s.modified(n, old, had), nil
	case "modified.macros":
		return s.macrosChanged(n), nil
	}
	compare := map[string]func(PreviousNode, PreviousNode) bool{
		"modified.body": PreviousNode.sameBody, "modified.configs": PreviousNode.sameConfig, "modified.relation": PreviousNode.sameRelation,
		"modified.persisted_descriptions": PreviousNode.sameDescriptions, "modified.contract": PreviousNode.sameContract,
	}[value]
	if compare == nil {
		return false, diag.New("bad-selector", diag.Place{}, "`%s` is no value of `state:`", value)
	}
	return !had || !compare(n, old), nil
}

func (s *State) modified(n, old PreviousNode, had bool) bool {
	return !had || !n.sameContents(old) || s.macrosChanged(n)
}

// macrosChanged follows the macros that a resource calls, and those that these
// call.
func (s *State) macrosChanged(n PreviousNode) bool {
	seen := map[string]bool{}
	queue := slices.Clone(n.DependsOn.Macros)
	for len(queue) > 0 {
		id := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		if s.changedMacros[id] {
			return true
		}
		queue = append(queue, s.now.Macros[id].DependsOn.Macros...)
	}
	return false
}

// Result returns how a resource ended in the earlier invocation.
func (s *State) Result(id string) (string, error) {
	if s.results == nil {
		r, err := ReadRunResults(s.Dir)
		if err != nil {
			return "", err
		}
		s.results = map[string]string{}
		for _, one := range r.Results {
			s.results[one.UniqueID] = one.Status
		}
	}
	return s.results[id], nil
}

// Fresher reports whether a source has newer rows than at the earlier
// invocation.
func (s *State) Fresher(id string) (bool, error) {
	if s.fresher == nil {
		before, err := ReadSources(s.Dir)
		if err != nil {
			return false, err
		}
		now, err := ReadSources(s.Target)
		if err != nil {
			return false, err
		}
		was := loadedAt(before)
		s.fresher = map[string]bool{}
		for source, at := range loadedAt(now) {
			s.fresher[source] = at.After(was[source])
		}
	}
	return s.fresher[id], nil
}

func loadedAt(s *Sources) map[string]time.Time {
	out := map[string]time.Time{}
	for _, r := range s.Results {
		if r.Status != StatusRuntime {
			out[r.UniqueID] = time.Time(r.MaxLoadedAt)
		}
	}
	return out
}
