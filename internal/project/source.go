package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
)

// declareSources turns the declarations of sources into resources. dbt's
// properties and an ingest file may speak of one table: the docs and tests of
// both count, and how it is loaded comes from the ingest file.
func (l *loader) declareSources() {
	byName := map[[2]string][]*sourceDecl{}
	var order [][2]string
	for _, d := range l.declared.sources {
		key := [2]string{d.source, d.table}
		if _, ok := byName[key]; !ok {
			order = append(order, key)
		}
		byName[key] = append(byName[key], d)
	}
	for _, key := range order {
		if merged := l.mergeSource(byName[key]); merged != nil {
			r := l.sourceResource(merged)
			l.genericTests(r, merged.tests)
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
	merged.schema, merged.identifier = dbt.schema, dbt.identifier
	if dbt.description != "" {
		merged.description = dbt.description
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
	pkg := l.project.Name
	declaredIn := d.path
	if d.patchPath != "" {
		declaredIn = d.patchPath
	}
	in := folders(declaredIn, append([]string{IngestDir}, l.layout.roots()...))
	fqn := slices.Concat([]string{pkg}, in, []string{d.source, d.table})
	all := merge(append(l.trees[KindSource].layers(fqn), d.layers...)...)
	dec := &decoder{problems: l.problems, kind: KindSource, layer: all}
	r := &Resource{
		ID: "source." + pkg + "." + d.source + "." + d.table, Kind: KindSource, Name: d.table, Package: pkg, Source: d.source,
		FQN: fqn, Path: d.path, PatchPath: d.patchPath, Place: d.place, Relation: ident.Table{Namespace: d.source, Name: d.table},
		Config: dec.config(), Description: d.description, Columns: d.columns, Ingest: d.ingest,
	}
	if d.schema != "" {
		r.Relation.Namespace = d.schema
	}
	if d.identifier != "" {
		r.Relation.Name = d.identifier
	}
	r.Tags, r.Meta = r.Config.Tags, r.Config.Meta
	r.Checksum = checksumOf([]any{r.Relation, r.Columns, d.ingest.definition()})
	l.add(r, &pending{disabledAt: all["enabled"].place})
	return r
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
