package project

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

func TestCompileGivesSQLWithNamesResolved(t *testing.T) {
	files := fstest.MapFS{
		File:                  {Data: []byte("name: shop\nvars: {least: 3}\n")},
		"ingest/retail.yml":   {Data: []byte("source: retail\ntables: {invoices: {from: file, path: x.csv}}")},
		"models/stg.sql":      {Data: []byte("select * from {{ source('retail', 'invoices') }} where n > {{ var('least') }}")},
		"models/daily.sql":    {Data: []byte("{{ config(materialized='table', schema='marts') }}\nselect '{{ config.get('materialized') }}', '{{ this }}', '{{ target.name }}' from {{ ref('stg') }}")},
		"models/unlucky.sql":  {Data: []byte("select\n  {% if execute %}{{ 1 / 0 }}{% endif %}")},
		"models/ephemeral.md": {Data: []byte("nothing")},
	}
	p, problems := Load(files, "", Options{Target: "ci"})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	names := func(_ context.Context, r *Resource) (relation.Relation, error) {
		return relation.New(r.Relation), nil
	}
	for name, want := range map[string]string{
		"stg":   `select * from "tarn"."retail"."invoices" where n > 3`,
		"daily": `select 'table', '"tarn"."main_marts"."daily"', 'ci' from "tarn"."main"."stg"`,
	} {
		got, err := p.Compile(t.Context(), p.ByRef(name), names)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, strings.TrimSpace(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}

	_, err := p.Compile(t.Context(), p.ByRef("unlucky"), names)
	var problem *diag.Problem
	if !errors.As(err, &problem) || problem.Place.File != "models/unlucky.sql" || problem.Place.Line != 2 {
		t.Errorf("a fault has no place: %v", err)
	}
	refused := errors.New("the lake is closed")
	if _, err := p.Compile(t.Context(), p.ByRef("stg"), func(context.Context, *Resource) (relation.Relation, error) {
		return relation.Relation{}, refused
	}); !errors.Is(err, refused) {
		t.Errorf("the reason is lost: %v", err)
	}
}

func TestResourcesAreFoundByWhatPeopleCallThem(t *testing.T) {
	files := fstest.MapFS{
		File:                {Data: []byte("name: shop\n")},
		"ingest/retail.yml": {Data: []byte("source: retail\ntables: {invoices: {from: file, path: x.csv}}")},
		"models/Daily.sql":  {Data: []byte("{{ config(schema='marts', alias='Sales') }} select 1")},
	}
	p, _ := Load(files, "", Options{})
	daily, invoices := p.ByID("model.shop.Daily"), p.ByID("source.shop.retail.invoices")
	if daily == nil || p.ByRef("Daily") != daily || p.ByRelation(ident.Table{Namespace: "MAIN_marts", Name: "sales"}) != daily {
		t.Error("the model is not found")
	}
	if invoices == nil || p.BySource("retail", "invoices") != invoices || invoices.Quarantine().String() != "retail.invoices__quarantine" {
		t.Error("the source is not found")
	}
	if p.ByID("model.shop.x") != nil || p.ByRef("x") != nil || p.BySource("retail", "x") != nil || p.ByRelation(ident.Table{}) != nil {
		t.Error("something is found that is not there")
	}
}

func TestChecksumsChangeWithWhatIsDeclaredAndNothingElse(t *testing.T) {
	sums := func(sql, ingest, properties string) map[string]string {
		p, problems := Load(fstest.MapFS{
			File:                {Data: []byte("name: shop\n")},
			"models/a.sql":      {Data: []byte(sql)},
			"models/schema.yml": {Data: []byte(properties)},
			"ingest/retail.yml": {Data: []byte(ingest)},
		}, "", Options{})
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, r := range p.Resources {
			out[r.ID] = r.Checksum
		}
		return out
	}
	ingest := "source: s\ntables: {t: {from: file, path: x.csv, header: true}}"
	properties := "models: [{name: a, tests: [unique: {column_name: id}]}]"
	before := sums("select 1", ingest, properties)
	if len(before) != 3 {
		t.Fatal(before)
	}
	if diff := cmp.Diff(before, sums("select 1", "# moved\n"+ingest, "\n"+properties)); diff != "" {
		t.Errorf("a comment changes a checksum: %s", diff)
	}
	after := sums("select 2", strings.Replace(ingest, "true", "false", 1), strings.Replace(properties, "column_name: id", "column_name: id, where: x > 1", 1))
	for id := range before {
		if before[id] == after[id] || before[id] == "" {
			t.Errorf("%s: the checksum stays although the definition changed", id)
		}
	}
}

func TestParsePartition(t *testing.T) {
	for _, c := range []struct{ in, transform, column string }{
		{"country", "identity", "country"},
		{` "a b" `, "identity", "a b"},
		{"day(sold_at)", "day", "sold_at"},
		{"MONTHS( sold_at )", "month", "sold_at"},
		{"bucket(16, id)", "bucket[16]", "id"},
		{"bucket(id, 16)", "bucket[16]", "id"},
		{"truncate(4, name)", "truncate[4]", "name"},
		{"void(x)", "void", "x"},
		{"", "", ""},
		{"bucket(id)", "", ""},
		{"bucket(0, id)", "", ""},
		{"bucket(1, id, 2)", "", ""},
		{"day(3, x)", "", ""},
		{"fortnight(x)", "", ""},
		{"mnth(x)", "", ""},
		{"day(x", "", ""},
	} {
		transform, column, err := ParsePartition(c.in)
		if transform != c.transform || column != c.column || (err != nil) != (c.transform == "") {
			t.Errorf("ParsePartition(%q) = %q, %q, %v; want %q, %q", c.in, transform, column, err, c.transform, c.column)
		}
	}
}
