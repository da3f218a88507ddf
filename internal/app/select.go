package app

import (
	"context"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/graph"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
)

// Selection is which resources a command is about.
type Selection struct {
	// Select and Exclude are dbt's selectors; see [graph.Selection].
	Select, Exclude []string
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
	set, err := g.Choose(graph.Selection{Select: s.Select, Exclude: s.Exclude, Indirect: graph.Indirect(s.Indirect)})
	if err != nil {
		return nil, err
	}
	for _, w := range set.Warnings() {
		a.options.Warn(w)
	}
	var list []*project.Resource
	for _, id := range g.Order() {
		if set.Has(id) && s.means(p.ByID(id).Kind) {
			list = append(list, p.ByID(id))
		}
	}
	return list, ctx.Err()
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
