package project

import (
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
)

// index finds the enabled resources by what people call them.
type index struct {
	ids       map[string]*Resource
	refs      map[string]*Resource
	sources   map[[2]string]*Resource
	relations map[string]*Resource
}

func newIndex() index {
	return index{
		ids: map[string]*Resource{}, refs: map[string]*Resource{},
		sources: map[[2]string]*Resource{}, relations: map[string]*Resource{},
	}
}

func (x index) refNames() []string { return slices.Sorted(maps.Keys(x.refs)) }

// sourceNames returns the names of all sources, and the tables of one.
func (x index) sourceNames(source string) (sources, tables []string) {
	for key := range x.sources {
		sources = append(sources, key[0])
		if key[0] == source {
			tables = append(tables, key[1])
		}
	}
	slices.Sort(sources)
	slices.Sort(tables)
	return slices.Compact(sources), tables
}

// index builds the project's index; two resources of one name, or stored as
// one table, are reported.
func (l *loader) index() {
	x := l.project.index
	tables := map[string]*Resource{}
	for _, r := range l.project.Resources {
		if first, ok := x.ids[r.ID]; ok {
			l.reportDuplicate(first, r)
			continue
		}
		x.ids[r.ID] = r
		switch r.Kind {
		case KindModel, KindSeed:
			if first, ok := x.refs[r.Name]; ok {
				l.reportDuplicate(first, r)
				continue
			}
			x.refs[r.Name] = r
		case KindSource:
			x.sources[[2]string{r.Source, r.Name}] = r
		}
		for _, t := range stored(r) {
			l.claim(tables, r, t)
		}
	}
}

// stored returns the tables that a resource writes. dbt's own sources are
// written by others, who may name any table.
func stored(r *Resource) []ident.Table {
	switch {
	case r.Kind == KindModel && r.Config.Materialized == MaterializedEphemeral:
		return nil
	case r.Kind == KindModel, r.Kind == KindSeed:
		return []ident.Table{r.Relation}
	case r.Ingest != nil:
		return []ident.Table{r.Relation, r.Quarantine()}
	default:
		return nil
	}
}

func (l *loader) claim(tables map[string]*Resource, r *Resource, t ident.Table) {
	first, taken := tables[t.Key()]
	switch {
	case ident.Fold(t.Namespace) == "system":
		l.problems.Errorf("reserved-name", r.Place, "the %s `%s` would be stored in the namespace `system`, which is Tarn's own", r.Kind, r.Name).
			WithHint("give it another `schema`")
	case taken:
		l.problems.Errorf("same-relation", r.Place, "the %s `%s` would be stored as `%s`, and so is the %s `%s` (%s)", r.Kind, r.Name, t, first.Kind, first.Name, first.Place).
			WithHint("give one of them another `alias` or `schema`")
	default:
		tables[t.Key()] = r
		if t == r.Relation {
			l.project.index.relations[t.Key()] = r
		}
	}
}

func (l *loader) reportDuplicate(first, second *Resource) {
	p := l.problems.Errorf("duplicate-resource", second.Place, "the %s `%s` has the name of the %s in %s", second.Kind, second.Name, first.Kind, first.Place)
	if second.Kind == KindTest {
		p.WithHint("the two check the same: remove one, or give it a `name` of its own")
	} else {
		p.WithHint("rename one of them")
	}
}
