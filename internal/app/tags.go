package app

import (
	"iter"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// tags are those of the project's tables, in order, by their keys.
type tags map[string][]string

// tagsOf collects what the project says of its tables. What a failing test
// leaves has the tags of all tables that the test reads.
func tagsOf(p *project.Project) tags {
	all := tags{}
	for _, r := range p.Resources {
		if !artifact.Stored(r) {
			continue
		}
		own := slices.Clone(r.Tags)
		if r.Test != nil {
			for _, parent := range r.DependsOn {
				if read := p.ByID(parent); read != nil {
					own = append(own, read.Tags...)
				}
			}
		}
		all[r.Relation.Key()] = slices.Compact(slices.Sorted(slices.Values(own)))
	}
	return all
}

// besides yields the keys of the tables that a name may belong to: its own first.
// What stands beside a table, such as its quarantine or the tables of its lists,
// is called like it with __ and more, and has its tags.
func besides(name ident.Table) iter.Seq[string] {
	return func(yield func(string) bool) {
		for key := name.Key(); yield(key); {
			i := strings.LastIndex(key, "__")
			if i <= 0 {
				return
			}
			key = key[:i]
		}
	}
}

// of returns the tags of what a run publishes, and the key of the project's table
// that has them; known is that there is one.
func (t tags) of(name ident.Table) (key string, own []string, known bool) {
	for key := range besides(name) {
		if own, known := t[key]; known {
			return key, own, true
		}
	}
	return "", nil, false
}

// given returns what tells the tags that the project's files give a table. Of one
// that they do not know they say nothing: it has those with which it was published.
func (t tags) given(published func(ident.Table) ([]string, bool)) func(ident.Table) []string {
	return func(name ident.Table) []string {
		_, own, known := t.of(name)
		if !known {
			own, _ = published(name)
		}
		return own
	}
}

// published returns what tells the tags with which a table was published: a build
// may know of a tag before who asks has read the project's files again.
func (t tags) published(kept func() *lake.Tags) func(ident.Table) ([]string, bool) {
	return func(name ident.Table) ([]string, bool) {
		all := kept()
		for key := range besides(name) {
			if then, noted := all.Of(key); noted {
				return then, true
			}
			if _, own := t[key]; own { // that had none
				return nil, false
			}
		}
		return nil, false
	}
}
