package project

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// layersFor returns the settings for what a properties file declares itself.
func (l *loader) layersFor(k *pack, kind Kind, fqn []string, own ...layer) layer {
	layers := append(k.trees[kind].layers(fqn), own...)
	if !k.isRoot {
		layers = append(layers, l.root().trees[kind].layers(fqn)...)
	}
	return merge(layers...)
}

// declareEntries turns exposures, metrics, semantic models and saved queries
// into resources.
func (l *loader) declareEntries() {
	for _, d := range l.declared.entries {
		k := d.pack
		fqn := slices.Concat([]string{k.Name}, folders(k.inner(d.path), k.layout.roots()), []string{d.name})
		all := l.layersFor(k, d.kind, fqn, d.layer)
		dec := &decoder{problems: l.problems, kind: d.kind, layer: all}
		r := &Resource{
			ID: string(d.kind) + "." + k.Name + "." + d.name, Kind: d.kind, Name: d.name, Package: k.Name, FQN: fqn,
			Path: d.path, Place: d.place, Description: d.description, Config: dec.config(), Exposure: d.exposure,
			Properties: d.properties, Checksum: checksumOf([]any{d.properties, all.values()}),
		}
		r.Tags, r.Meta, r.Group = r.Config.Tags, r.Config.Meta, r.Config.Group
		waits := &pending{disabledAt: all["enabled"].place}
		for _, call := range d.calls {
			text, _ := call.value.(string)
			more, err := l.capture(k, expression(text), call.place, nil)
			if err != nil {
				l.problems.AddError("template", call.place, err)
				waits.broken = true
				continue
			}
			if len(more.refs)+len(more.sources)+len(more.metrics) == 0 {
				l.problems.Errorf("bad-depends-on", call.place, "`%s` names no model, source or metric", text).WithHint("write ref('orders'), source('shop', 'orders') or metric('revenue')")
			}
			waits.add(more)
		}
		for i := range waits.metrics {
			waits.metrics[i].Place = d.place
		}
		l.add(r, waits)
	}
}

// declareGroups keeps the groups, and reports resources of groups that there
// are not.
func (l *loader) declareGroups() {
	p := l.project
	byName := map[string]*Group{}
	for _, g := range l.declared.groups {
		if first := byName[g.Name]; first != nil && first.Package == g.Package {
			l.problems.Errorf("duplicate-resource", g.Place, "the group `%s` is there twice, first in %s", g.Name, first.Place).WithHint("merge the two")
			continue
		}
		byName[g.Name] = g
		p.Groups = append(p.Groups, g)
	}
	slices.SortFunc(p.Groups, func(a, b *Group) int { return cmp.Compare(a.ID, b.ID) })
	for _, r := range p.Resources {
		if r.Group == "" || byName[r.Group] != nil {
			continue
		}
		found := l.problems.Errorf("unknown-group", l.groupPlace(r), "there is no group `%s`", r.Group)
		if near := ident.Near(r.Group, slices.Sorted(maps.Keys(byName))); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		} else {
			found.WithHint("declare it under `groups:` in a properties file")
		}
	}
}

func (l *loader) groupPlace(r *Resource) diag.Place {
	if at := l.pending[r].groupAt; at.File != "" {
		return at
	}
	return r.Place
}
