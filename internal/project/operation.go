package project

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
)

// declareOperations turns the hooks around a run into resources: those of
// packages come before the project's own, in order of their names.
func (l *loader) declareOperations() {
	packs := slices.Clone(l.packs)
	slices.SortStableFunc(packs, func(a, b *pack) int {
		if a.isRoot != b.isRoot {
			return map[bool]int{true: 1, false: -1}[a.isRoot]
		}
		return cmp.Compare(a.Name, b.Name)
	})
	for _, k := range packs {
		for _, key := range hookKeys {
			for i, h := range k.hooks[key] {
				l.operation(k, key, i, h)
			}
		}
	}
}

func (l *loader) operation(k *pack, key string, number int, h hookText) {
	name := fmt.Sprintf("%s-%s-%d", k.Name, key, number)
	r := &Resource{
		ID: "operation." + k.Name + "." + name, Kind: KindOperation, Name: name, Package: k.Name, FQN: []string{k.Name, "hooks", name},
		Path: k.shown(File), Place: h.place, SQL: h.sql, SQLPlace: h.place, Language: LanguageSQL, Hook: number,
		Checksum: checksum([]byte(h.sql)),
	}
	// dbt gives hooks the settings of models.
	dec := &decoder{problems: &diag.Problems{}, kind: KindOperation, layer: l.layersFor(k, KindModel, r.FQN)}
	r.Config = dec.config()
	r.Config.Enabled = true
	if !slices.Contains(r.Config.Tags, key) {
		r.Config.Tags = append(r.Config.Tags, key)
	}
	r.Tags, r.Meta, r.Group = r.Config.Tags, r.Config.Meta, r.Config.Group
	found, err := l.capture(k, h.sql, h.place, nil)
	if err != nil {
		l.problems.AddError("template", h.place, err)
	}
	waits := &pending{captured: found, broken: err != nil}
	l.captureHooks(k, r, slices.Concat(dec.hooks("pre_hook"), dec.hooks("post_hook")), waits)
	l.pending[r] = waits
	if key == "on-run-start" {
		l.project.OnRunStart = append(l.project.OnRunStart, r)
	} else {
		l.project.OnRunEnd = append(l.project.OnRunEnd, r)
	}
}
