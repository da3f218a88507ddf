package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// sourceKey names a table of a source of a package.
type sourceKey struct{ pkg, source, table string }

// declareSources turns the declarations of sources into resources. dbt's
// properties and an ingest file may speak of one table: the docs and tests of
// both count, and how it is loaded comes from the ingest file. A source of a
// package may be changed from elsewhere with `overrides`. It returns the tests
// on them.
func (l *loader) declareSources() (tests []genericJob) {
	byName := map[sourceKey][]*sourceDecl{}
	var order []sourceKey
	var overrides []*sourceDecl
	for _, d := range l.declared.sources {
		if d.overrides != "" {
			overrides = append(overrides, d)
			continue
		}
		key := sourceKey{d.pack.Name, d.source, d.table}
		if _, ok := byName[key]; !ok {
			order = append(order, key)
		}
		byName[key] = append(byName[key], d)
	}
	l.overrideSources(overrides, byName)
	for _, key := range order {
		if merged := l.mergeSource(byName[key]); merged != nil {
			r := l.sourceResource(merged)
			for _, t := range merged.tests {
				tests = append(tests, genericJob{r, t, merged.tags})
			}
		}
	}
	return tests
}

// overrideSources applies what the project says about sources of packages.
func (l *loader) overrideSources(overrides []*sourceDecl, byName map[sourceKey][]*sourceDecl) {
	for _, o := range overrides {
		used := false
		for key, decls := range byName {
			if key.pkg != o.overrides || key.source != o.source || !o.whole && key.table != o.table {
				continue
			}
			used = true
			for _, d := range decls {
				d.override(o)
			}
		}
		if !used {
			l.problems.Warnf("unknown-source", o.place, "the package `%s` has no table `%s` in a source `%s`: what is said about it has no effect", o.overrides, o.table, o.source)
		}
	}
}

// override lays o over a declaration.
func (d *sourceDecl) override(o *sourceDecl) {
	d.patchPath = o.path
	d.layers = slices.Concat(d.layers, o.layers)
	for into, v := range map[*string]string{&d.schema: o.schema, &d.identifier: o.identifier, &d.description: o.description} {
		if v != "" {
			*into = v
		}
	}
	if o.columns != nil {
		d.columns = o.columns
	}
	if o.tests != nil {
		for _, t := range o.tests {
			t.pack, t.path = d.pack, d.path
		}
		d.tests = o.tests
	}
	if d.dbt != nil && o.dbt != nil {
		for into, v := range map[*string]string{&d.dbt.Database: o.dbt.Database, &d.dbt.Loader: o.dbt.Loader} {
			if v != "" {
				*into = v
			}
		}
	}
}

// mergeSource makes one declaration of those for one table.
func (l *loader) mergeSource(decls []*sourceDecl) *sourceDecl {
	var dbt, own *sourceDecl
	for _, d := range decls {
		slot := &dbt
		if d.ingest != nil {
			slot = &own
		}
		if first := *slot; first != nil {
			l.problems.Errorf("duplicate-resource", d.place, "the table `%s` of the source `%s` is declared twice, first in %s", d.table, d.source, first.place).
				WithHint("merge the two declarations")
			continue
		}
		*slot = d
	}
	switch {
	case own == nil:
		return dbt
	case dbt == nil:
		return own
	}
	merged := *own
	merged.patchPath = dbt.path
	merged.schema, merged.identifier, merged.dbt, merged.tags = dbt.schema, dbt.identifier, dbt.dbt, dbt.tags
	if dbt.description != "" {
		merged.description, merged.docBlocks = dbt.description, dbt.docBlocks
	}
	merged.layers = slices.Concat(own.layers, dbt.layers)
	merged.columns = mergeColumns(dbt.columns, own.columns)
	merged.tests = slices.Concat(own.tests, dbt.tests)
	return &merged
}

// mergeColumns keeps the first list's documentation and adds what only the
// second knows.
func mergeColumns(docs, declared []Column) []Column {
	out := slices.Clone(docs)
	for _, c := range declared {
		i := slices.IndexFunc(out, func(d Column) bool { return ident.Fold(d.Name) == ident.Fold(c.Name) })
		if i < 0 {
			out = append(out, c)
			continue
		}
		if out[i].DataType == "" || c.DataType != "" {
			out[i].DataType = c.DataType
		}
		if out[i].Description == "" {
			out[i].Description = c.Description
		}
		for _, tag := range c.Tags {
			if !slices.Contains(out[i].Tags, tag) {
				out[i].Tags = append(out[i].Tags, tag)
			}
		}
		if merged, ok := mergeMaps(c.Meta, out[i].Meta).(map[string]any); ok && len(merged) > 0 {
			out[i].Meta = merged
		}
	}
	return out
}

func (l *loader) sourceResource(d *sourceDecl) *Resource {
	k := d.pack
	declaredIn := d.path
	if d.patchPath != "" && d.ingest != nil {
		declaredIn = d.patchPath
	}
	in := folders(k.inner(declaredIn), append([]string{IngestDir}, k.layout.roots()...))
	fqn := slices.Concat([]string{k.Name}, in, []string{d.source, d.table})
	layers := append(k.trees[KindSource].layers(fqn), d.layers...)
	if !k.isRoot {
		layers = append(layers, l.root().trees[KindSource].layers(fqn)...)
	}
	all := mergeSourceLayers(layers)
	dec := &decoder{problems: l.problems, kind: KindSource, layer: all}
	r := &Resource{
		ID: "source." + k.Name + "." + d.source + "." + d.table, Kind: KindSource, Name: d.table, Package: k.Name, Source: d.source,
		FQN: fqn, Path: d.path, PatchPath: d.patchPath, Place: d.place, Relation: ident.Table{Namespace: d.source, Name: d.table},
		Config: dec.config(), Description: d.description, DocBlocks: d.docBlocks, Columns: d.columns, Ingest: d.ingest,
	}
	if d.schema != "" {
		r.Relation.Namespace = d.schema
	}
	if d.identifier != "" {
		r.Relation.Name = d.identifier
	}
	r.Table = d.dbt
	if r.Table == nil {
		r.Table = &SourceTable{}
	}
	dec.sourceTable(r.Table)
	r.Tags, r.Meta = r.Config.Tags, r.Config.Meta
	r.Checksum = checksumOf([]any{r.Relation, r.Columns, d.ingest.definition()})
	l.add(r, &pending{disabledAt: all["enabled"].place})
	return r
}

// mergeSourceLayers is merge, but that freshness of a table adds to that of its
// source: null takes it back.
func mergeSourceLayers(layers []layer) layer {
	out := merge(layers...)
	var merged any
	for _, l := range layers {
		s, given := l["freshness"]
		switch v := s.value.(type) {
		case map[string]any:
			if before, ok := merged.(map[string]any); ok {
				merged = mergeMaps(before, v)
			} else {
				merged = v
			}
		default:
			if given {
				merged = nil
			}
		}
	}
	if s, ok := out["freshness"]; ok {
		s.value = merged
		out["freshness"] = s
	}
	return out
}

var periods = []string{"minute", "hour", "day"}

// sourceTable reads the settings of source tables.
func (d *decoder) sourceTable(t *SourceTable) {
	t.LoadedAtField, t.LoadedAtQuery = d.text("loaded_at_field"), d.text("loaded_at_query")
	if t.LoadedAtField != "" && t.LoadedAtQuery != "" {
		d.problems.Errorf("bad-value", d.layer["loaded_at_query"].place, "`loaded_at_query` cannot stand beside `loaded_at_field`").WithHint("keep one of the two")
	}
	m := d.mapping("freshness")
	if m == nil {
		return
	}
	f := &Freshness{WarnAfter: d.age(m, "warn_after"), ErrorAfter: d.age(m, "error_after"), Filter: plainOf(m["filter"])}
	if f.WarnAfter != (Age{}) || f.ErrorAfter != (Age{}) {
		t.Freshness = f
	}
}

func (d *decoder) age(freshness map[string]any, key string) Age {
	m, ok := freshness[key].(map[string]any)
	if !ok || len(m) == 0 {
		return Age{}
	}
	place := d.layer["freshness"].place
	count := decoder{problems: d.problems, layer: layer{"count": setting{m["count"], place}}}
	a := Age{Count: count.whole("count", 0), Period: plainOf(m["period"])}
	if !slices.Contains(periods, a.Period) {
		d.problems.Errorf("bad-value", place, "the `period` of `freshness` cannot be `%s`", a.Period).Hint = yamldoc.KeyHint(a.Period, periods)
		return Age{}
	}
	return a
}

// definition returns what is declared, without the places.
func (in *Ingest) definition() any {
	if in == nil {
		return nil
	}
	options := map[string]any{}
	for name, o := range in.Options {
		options[name] = o.Value
	}
	return []any{in.From, in.Paths, in.Columns, in.Mode, in.Contract, options, in.PartitionBy}
}
