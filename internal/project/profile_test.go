package project

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestNothingInAProfileKeepsAProjectFromLoading(t *testing.T) {
	files := fstest.MapFS{
		File:           {Data: []byte("name: shop\nprofile: shop\n")},
		"models/a.sql": {Data: []byte("select '{{ target.name }}' as target")},
	}
	for text, want := range map[string]string{
		"shop: {target: prod, outputs: {prod: {type: duckdb, schema: sales, threads: 2}}}": "sales",
		"shop: {target: ci, outputs: {ci: {schema: \"{{ env_var('NOT_SET') }}\"}}}":        "main",
		"shop: {target: ci, outputs: {dev: {schema: sales}}}":                              "main",
		"shop: [\n": "main",
		"other: {target: dev, outputs: {dev: {schema: sales}}}": "main",
	} {
		p, problems := Load(files, "", Options{Profiles: []byte(text), ProfilesPath: "profiles.yml"})
		if err := problems.Err(); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := p.ByRef("a").Relation.Namespace; got != want {
			t.Errorf("%s: stored in %s, want %s", text, got, want)
		}
		told := len(problems.Warnings()) > 0
		if bad := strings.Contains(text, "NOT_SET") || strings.Contains(text, "ci, outputs: {dev") || strings.HasSuffix(text, "[\n"); told != bad {
			t.Errorf("%s: warnings %v", text, problems.Warnings())
		}
	}
}
