package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// setting is one configured value and where it was given.
type setting struct {
	value any
	place diag.Place
}

// layer is what one place configures: a level of dbt_project.yml, a `config:`
// block, a config() call.
type layer map[string]setting

// normal returns dbt's inner spelling of a key: pre-hook is pre_hook.
func normal(key string) string { return strings.ReplaceAll(strings.TrimSpace(key), "-", "_") }

// merge lays the layers over each other, the last one winning; tags, hooks and
// packages add up, meta and its like merge key by key, and grants add up where
// a key has a plus, as in dbt.
func merge(layers ...layer) layer {
	out := layer{}
	for _, l := range layers {
		for key, s := range l {
			before, ok := out[key]
			switch key {
			case "tags", "pre_hook", "post_hook", "packages":
				s.value = slices.Concat(asList(before.value), asList(s.value))
			case "meta", "docs", "column_types", "quoting", "contract":
				if ok {
					s.value = mergeMaps(before.value, s.value)
				}
			case "grants":
				s.value = mergeGrants(before.value, s.value)
			}
			out[key] = s
		}
	}
	return out
}

// mergeGrants is mergeMaps, but that the values of keys with a plus are added
// to those before.
func mergeGrants(a, b any) any {
	over, ok := b.(map[string]any)
	if !ok {
		return b
	}
	out := map[string]any{}
	if from, ok := a.(map[string]any); ok {
		maps.Copy(out, from)
	}
	for key, v := range over {
		if bare, plus := strings.CutPrefix(key, "+"); plus {
			key, v = bare, slices.Concat(asList(out[bare]), asList(v))
		}
		out[key] = v
	}
	return out
}

// asList returns a list as it is, nothing as no list, and anything else as a
// list of one.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// mergeMaps adds the keys of b to those of a; where one is no mapping, b wins.
func mergeMaps(a, b any) any {
	from, ok := a.(map[string]any)
	over, also := b.(map[string]any)
	if !ok || !also {
		return b
	}
	out := maps.Clone(from)
	maps.Copy(out, over)
	return out
}

// values returns the settings without their places.
func (l layer) values() map[string]any {
	out := make(map[string]any, len(l))
	for k, s := range l {
		out[k] = s.value
	}
	return out
}

// layerOf reads every key of a mapping as a setting.
func (f *file) layerOf(m *yamldoc.Map) layer {
	out := layer{}
	for _, field := range m.Rest() {
		out[normal(field.Key)] = f.setting(field)
	}
	return out
}

// setting reads one key; templates in its text are rendered, but for hooks,
// which are rendered when they run.
func (f *file) setting(field yamldoc.Field) setting {
	place := field.Value.Place
	if key := normal(strings.TrimPrefix(field.Key, "+")); key == "pre_hook" || key == "post_hook" {
		return setting{value: field.Value.Value(), place: field.Place}
	}
	return setting{value: f.render(field.Value.Value(), place), place: field.Place}
}

// lift moves keys that dbt accepts beside `config:` into the layer; what
// config: says itself wins.
func (f *file) lift(m *yamldoc.Map, into layer, keys ...string) {
	for _, key := range keys {
		n := m.Node(key)
		if n == nil {
			continue
		}
		lifted := layer{normal(key): f.setting(yamldoc.Field{Key: key, Place: m.KeyPlace(key), Value: n})}
		maps.Copy(into, merge(lifted, only(into, normal(key))))
	}
}

func only(l layer, key string) layer {
	if s, ok := l[key]; ok {
		return layer{key: s}
	}
	return nil
}
