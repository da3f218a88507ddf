package project

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
)

// index finds the enabled resources by what people call them. Refs have, for
// each name (orders, orders.v2), the resource of each package; sources the
// same for source.table.
type index struct {
	ids       map[string]*Resource
	refs      map[string]map[string]*Resource
	sources   map[[2]string]map[string]*Resource
	relations map[string]*Resource
	// ownFirst makes packages look into themselves before the project.
	ownFirst bool
}

func newIndex() index {
	return index{
		ids: map[string]*Resource{}, refs: map[string]map[string]*Resource{},
		sources: map[[2]string]map[string]*Resource{}, relations: map[string]*Resource{},
	}
}

// search returns the packages in which a name is looked for, in order; ""
// stands for all of them.
func (x index) search(root, from, pkg string) []string {
	switch {
	case pkg != "":
		return []string{pkg}
	case from == root:
		return []string{root, ""}
	case x.ownFirst:
		return []string{from, root, ""}
	default:
		return []string{root, from, ""}
	}
}

// pick returns what is found in the packages, in order; several where the name
// alone does not tell.
func pick[T any](in map[string]T, search []string) []T {
	for _, pkg := range search {
		if pkg == "" && len(in) > 0 {
			var all []T
			for _, name := range slices.Sorted(maps.Keys(in)) {
				all = append(all, in[name])
			}
			return all
		}
		if v, ok := in[pkg]; ok {
			return []T{v}
		}
	}
	return nil
}

// refName is a name as refs have it, with its version.
func refName(name, version string) string {
	if version == "" {
		return name
	}
	return name + ".v" + version
}

// ref finds what a ref means; more than one where it does not tell.
func (x index) ref(root, from, pkg, name, version string) (*Resource, []*Resource) {
	found := pick(x.refs[refName(name, version)], x.search(root, from, pkg))
	if len(found) == 1 {
		return found[0], nil
	}
	return nil, found
}

func (x index) source(root, from, source, table string) *Resource {
	if found := pick(x.sources[[2]string{source, table}], x.search(root, from, "")); len(found) > 0 {
		return found[0]
	}
	return nil
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

// index builds the project's index; two resources of one name in a package, or
// stored as one table, are reported.
func (l *loader) index() {
	x := &l.project.index
	x.ownFirst, _ = l.project.Flags["require_ref_searches_node_package_before_root"].(bool)
	tables := map[string]*Resource{}
	for _, r := range l.project.Resources {
		if first, ok := x.ids[r.ID]; ok {
			l.reportDuplicate(first, r)
			continue
		}
		x.ids[r.ID] = r
		switch {
		case r.Referable():
			if !l.indexRef(r) {
				continue
			}
		case r.Kind == KindSource:
			put(x.sources, [2]string{r.Source, r.Name}, r)
		}
		for _, t := range stored(r) {
			l.claim(tables, r, t)
		}
	}
}

func put[K comparable](in map[K]map[string]*Resource, key K, r *Resource) {
	if in[key] == nil {
		in[key] = map[string]*Resource{}
	}
	in[key][r.Package] = r
}

// indexRef makes a resource known by its name, and by its version.
func (l *loader) indexRef(r *Resource) bool {
	x := l.project.index
	var names []string
	if r.Version == "" || r.Version == r.LatestVersion {
		names = append(names, r.Name)
	}
	if r.Version != "" {
		names = append(names, refName(r.Name, r.Version))
	}
	for _, name := range names {
		if first, ok := x.refs[name][r.Package]; ok {
			l.reportDuplicate(first, r)
			return false
		}
		put(x.refs, name, r)
	}
	return true
}

// stored returns the tables that a resource writes. dbt's own sources are
// written by others, who may name any table.
func stored(r *Resource) []ident.Table {
	switch {
	case r.Kind == KindModel && r.Config.Materialized == MaterializedEphemeral:
		return nil
	case r.Referable(), r.Test != nil && r.Test.StoreFailures:
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

// byID orders resources by ID, and those of one ID by their places.
func byID(a, b *Resource) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Path, b.Path), a.Place.Line-b.Place.Line)
}
