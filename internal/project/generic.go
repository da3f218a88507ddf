package project

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

// genericJob is a test to be made: of what it is on, and with the tags that it
// has from its source.
type genericJob struct {
	on   *Resource
	decl *genericDecl
	tags []string
}

// genericTests adds the tests that were declared on resources.
func (l *loader) genericTests(jobs []genericJob) {
	type result struct {
		test  *Resource
		waits *pending
	}
	made := make([]result, len(jobs))
	l.each(len(jobs), func(i int, ps *diag.Problems) {
		made[i].test, made[i].waits = l.with(ps).genericTest(jobs[i])
	})
	for _, m := range made {
		if m.test != nil {
			l.add(m.test, m.waits)
		}
	}
}

// with is the loader with problems of its own, for work at the same time as
// other work.
func (l *loader) with(ps *diag.Problems) *loader {
	own := *l
	own.problems = ps
	return &own
}

// genericTest makes one test.
func (l *loader) genericTest(job genericJob) (*Resource, *pending) {
	on, d := job.on, job.decl
	if !l.checkGeneric(d) {
		return nil, nil
	}
	model := modelOf(on)
	short, name := d.names(on)
	t := &Resource{
		ID: "test." + d.pack.Name + "." + name + "." + testHash(name, d, model), Kind: KindTest, Name: name, Package: d.pack.Name,
		FQN: slices.Concat([]string{d.pack.Name}, below(d.pack.inner(d.path)), []string{name}), Path: d.path, Place: d.place,
		Description: d.description, Language: LanguageSQL, Test: d.test(model),
		SQL: "{{ " + d.macro() + "(**_dbt_generic_test_kwargs) }}",
	}
	layers := []layer{d.layer}
	if short != name && d.layer["alias"].value == nil {
		layers = append(layers, layer{"alias": setting{short, d.place}})
	}
	all := l.layersFor(d.pack, KindTest, t.FQN, layers...)
	waits := &pending{on: on}
	if on := all["enabled"].value; on != false {
		var own layer
		waits.captured, own, waits.broken = l.captureGeneric(d, t, all)
		if len(own) > 0 {
			all = l.layersFor(d.pack, KindTest, t.FQN, slices.Concat([]layer{own}, layers)...)
		}
	}
	waits.evidence, waits.disabledAt = all["evidence"], all["enabled"].place
	dec := &decoder{problems: l.problems, kind: KindTest, layer: all}
	t.Config = dec.config()
	dec.test(t.Test, l.options.StoreFailures)
	t.Test.Attached, t.Group = on.ID, on.Group
	tags := job.tags
	if d.column != nil {
		tags = slices.Concat(tags, d.column.Tags)
	}
	for _, tag := range tags {
		if !slices.Contains(t.Config.Tags, tag) {
			t.Config.Tags = append(t.Config.Tags, tag)
		}
	}
	t.Tags, t.Meta = t.Config.Tags, t.Config.Meta
	l.place(d.pack, t, all)
	t.Checksum = checksumOf([]any{t.Test.Kwargs, t.Test.Kind, t.Test.Namespace, t.Config.Raw})
	if !on.Config.Enabled && t.Config.Enabled {
		t.Config.Enabled, waits.disabledAt = false, l.pending[on].disabledAt
	}
	return t, waits
}

// macro is what a template calls the test's macro.
func (d *genericDecl) macro() string {
	if d.namespace == "" {
		return "test_" + d.kind
	}
	return d.namespace + ".test_" + d.kind
}

// modelOf is the text that stands for the resource among a test's arguments.
func modelOf(on *Resource) string {
	target := "ref('" + on.Name + "')"
	switch {
	case on.Kind == KindSource:
		target = "source('" + on.Source + "', '" + on.Name + "')"
	case on.Version != "":
		target = "ref('" + on.Name + "', version='" + on.Version + "')"
	}
	return "{{ get_where_subquery(" + target + ") }}"
}

// names returns dbt's name for a test that was not given one, and a shorter one
// for its table.
func (d *genericDecl) names(on *Resource) (short, full string) {
	if d.name != "" {
		return d.name, d.name
	}
	kind, target := d.kind, on.Name
	switch {
	case on.Kind == KindSource:
		kind, target = "source_"+kind, on.Source+"_"+on.Name
	case on.Version != "":
		target += "_v" + on.Version
	}
	if d.namespace != "" {
		kind = d.namespace + "_" + kind
	}
	return testName(kind, target, d.args)
}

var columnName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// test returns what the declaration checks.
func (d *genericDecl) test(model string) *Test {
	t := &Test{Kind: d.kind, Namespace: d.namespace, Args: map[string]any{}, Kwargs: map[string]any{"model": model}}
	for _, a := range d.args {
		t.Kwargs[a.name] = a.node.Value()
		switch text, _ := a.node.Value().(string); {
		case a.name == "column_name":
			t.Column = text
			t.Expression = d.column == nil && !columnName.MatchString(strings.TrimSpace(text))
		case d.isBuiltin("relationships") && a.name == "to":
			t.To, t.Args[a.name] = text, text
		case d.isBuiltin("relationships") && a.name == "field":
			t.Field, t.Args[a.name] = text, text
		default:
			t.Args[a.name] = a.node.Value()
		}
	}
	return t
}
