package app

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/graph"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
)

// Selection is which resources a command is about.
type Selection struct {
	// Select and Exclude are dbt's selectors; see [graph.Selection].
	Select, Exclude []string
	// Named is the name of a selector of selectors.yml, in their place.
	Named string
	// State is a folder with the artifacts of an earlier invocation, for state:,
	// result: and source_status:.
	State string
	// Indirect says which tests come with what is selected; "" is eager.
	Indirect string
	// Types are the kinds of resources that are meant, and ExcludeTypes those
	// that are not; none means all.
	Types, ExcludeTypes []string
}

// Select returns the selected resources in graph order.
func (a *App) Select(ctx context.Context, s Selection) ([]*project.Resource, error) {
	p, g, err := a.Project()
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	choice := graph.Selection{Select: s.Select, Exclude: s.Exclude, Named: s.Named, Indirect: graph.Indirect(s.Indirect)}
	var state *artifact.State
	if s.State != "" {
		state = a.state(s.State)
		choice.State = state
	}
	set, err := g.Choose(choice)
	if err != nil {
		return nil, err
	}
	var ps diag.Problems
	for _, w := range set.Warnings() {
		ps.Add(w)
	}
	if state != nil {
		for _, broken := range state.Breaking() {
			ps.Add(broken)
		}
	}
	a.options.Warnings.Apply(&ps)
	for _, w := range ps.Warnings() {
		a.options.Warn(w)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	var list []*project.Resource
	for _, id := range g.Order() {
		if set.Has(id) && s.means(p.ByID(id).Kind) {
			list = append(list, p.ByID(id))
		}
	}
	return list, ctx.Err()
}

// state compares the project with the artifacts in a folder, which is relative
// to the project's.
func (a *App) state(dir string) *artifact.State {
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(a.options.Dir, dir)
	}
	target, _ := a.Target() // the project was loaded
	return &artifact.State{Dir: dir, Target: target, Current: a.Manifest}
}

// means reports whether resources of the kind are meant.
func (s Selection) means(k project.Kind) bool {
	return (len(s.Types) == 0 || slices.ContainsFunc(s.Types, names(k))) && !slices.ContainsFunc(s.ExcludeTypes, names(k))
}

// names returns whether a word of --resource-type names the kind.
func names(k project.Kind) func(string) bool {
	return func(word string) bool {
		return word == "all" || word == string(k) || k == project.KindTest && word == "data_test"
	}
}

// resourceTypes are the words of --resource-type.
var resourceTypes = []string{
	"all", "analysis", "data_test", "exposure", "metric", "model", "saved_query", "seed", "semantic_model", "snapshot",
	"source", "test", "unit_test",
}

// check says which of the words are not known.
func (s Selection) check() error {
	var ps diag.Problems
	for _, word := range slices.Concat(s.Types, s.ExcludeTypes) {
		unknownWord(&ps, "--resource-type", word, resourceTypes)
	}
	if s.Named != "" && len(s.Select)+len(s.Exclude) > 0 {
		ps.Errorf("bad-flag", diag.Place{}, "--selector goes with no --select or --exclude").WithHint("selectors.yml says what the selector leaves out")
	}
	if s.Indirect != "" {
		unknownWord(&ps, "--indirect-selection", s.Indirect, []string{"buildable", "cautious", "eager", "empty"})
	}
	return ps.Err()
}

func unknownWord(ps *diag.Problems, flag, word string, known []string) {
	if slices.Contains(known, word) {
		return
	}
	p := diag.New("bad-flag", diag.Place{}, "%s %s is not known", flag, word)
	if near := ident.Near(word, known); len(near) > 0 {
		ps.Add(p.WithHint("did you mean %s?", near[0]))
		return
	}
	ps.Add(p.WithHint("there are %s", strings.Join(known, ", ")))
}
