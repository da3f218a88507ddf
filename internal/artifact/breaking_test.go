package artifact

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

func previous(t *testing.T, text string) *Previous {
	t.Helper()
	p := &Previous{}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		t.Fatal(err)
	}
	return p
}

const promised = `{"resource_type": "model", "name": "m", "config": {"materialized": "table"}, "contract": {"enforced": true, "checksum": "a"},
  "columns": {"id": {"name": "id", "data_type": "numeric(9,2)", "constraints": [{"type": "not_null"}, {"type": "custom"}]}, "note": {"name": "note", "data_type": "text"}},
  "constraints": [{"type": "primary_key", "name": "pk", "columns": ["id"]}]}`

func TestWhatContractsTakeBackIsTold(t *testing.T) {
	for _, c := range []struct {
		what, from, to string
		want           []string
	}{
		{"nothing", "", "", nil},
		{"a size", "numeric(9,2)", "NUMERIC(12, 2)", nil},
		{"a type", `"text"`, `"date"`, []string{"the column `note` was text and is date"}},
		{"a column", `"note": {"name"`, `"notes": {"name"`, []string{"the column `note` is gone"}},
		{"enforcement", `"enforced": true`, `"enforced": false`, []string{"it is no longer enforced"}},
		{"a constraint of a column", `{"type": "not_null"}, `, ``, []string{"the column `id` no longer has the constraint `not_null` as it was"}},
		{"what nothing enforced", `, {"type": "custom"}`, ``, nil},
		{"a constraint of the model", `"columns": ["id"]`, `"columns": ["id", "note"]`, []string{"there is no longer the constraint `pk` on id as it was"}},
		{"the constraints, as a view", `"table"`, `"view"`, []string{"it was materialized as table and is as view, which has no constraints"}},
	} {
		old := previous(t, `{"nodes": {"m": `+promised+`}}`).Nodes["m"]
		now := previous(t, `{"nodes": {"m": `+strings.Replace(promised, c.from, c.to, 1)+`}}`).Nodes["m"]
		if diff := cmp.Diff(c.want, now.broken(old)); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
}

func TestBrokenContractsOfVersionsAreErrors(t *testing.T) {
	versioned := strings.Replace(promised, `"config"`, `"version": 1, "config"`, 1)
	ended := strings.Replace(promised, `"config"`, `"deprecation_date": "2024-01-01T00:00:00+00:00", "config"`, 1)
	changed := strings.Replace(versioned, `"enforced": true`, `"enforced": false`, 1)
	s := &State{
		before: previous(t, `{"nodes": {"changed": `+versioned+`, "off": `+promised+`, "ended": `+ended+`, "gone": `+versioned+`}}`),
		now:    previous(t, `{"nodes": {"changed": `+changed+`}, "disabled": {"off": [`+promised+`]}}`),
		told:   map[string]bool{}, changedMacros: map[string]bool{},
	}
	r := &project.Resource{ID: "changed", Name: "m", Kind: project.KindModel, Place: diag.Place{File: "m.sql", Line: 1, Column: 1}}
	for _, value := range []string{"modified", "modified.contract", "unmodified"} {
		if _, err := s.Is(r, value); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, p := range s.Breaking() {
		p.Hint = ""
		got = append(got, p.Error())
	}
	want := []string{
		"breaking-change: the contract of `m`, which has versions, is gone: the model was deleted or renamed",
		"warning: breaking-change: the contract of `m` is gone: the model was disabled",
		"m.sql:1:1: breaking-change: the contract of `m`, which has versions, promises less than before: it is no longer enforced",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
