package artifact

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 250_000, time.UTC)

func TestResultsAreReadAsTheyWereWritten(t *testing.T) {
	dir := t.TempDir()
	failures := int64(3)
	want := NewRunResults(Invocation{ID: "7e4c", Started: noon, Generated: noon.Add(time.Second)}, []Result{
		{UniqueID: "model.shop.a", Status: StatusSuccess, Timing: []Timing{{Name: "execute", StartedAt: Time(noon), CompletedAt: Time(noon)}}},
		{UniqueID: "test.shop.b", Status: StatusFail, Failures: &failures},
	}, 2*time.Second, map[string]any{"which": "build"})
	if err := Write(dir, RunResultsFile, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadRunResults(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("time", func(t Time) time.Time { return time.Time(t).UTC() })); diff != "" {
		t.Error(diff)
	}
}

func TestTimesAreWrittenAndReadAsDbtDoes(t *testing.T) {
	text, err := json.Marshal(Time(noon))
	if err != nil || string(text) != `"2026-11-21T12:00:00.000250Z"` {
		t.Errorf("got %s, %v", text, err)
	}
	for _, text := range []string{`"2026-11-21T12:00:00.000250Z"`, `"2026-11-21T12:00:00.000250"`, `"2026-11-21T14:00:00.000250+02:00"`} {
		var at Time
		if err := json.Unmarshal([]byte(text), &at); err != nil || !time.Time(at).Equal(noon) {
			t.Errorf("%s: got %v, %v", text, time.Time(at), err)
		}
	}
	var never Time
	if err := json.Unmarshal([]byte("null"), &never); err != nil || !time.Time(never).IsZero() {
		t.Errorf("null: got %v, %v", time.Time(never), err)
	}
	if json.Unmarshal([]byte(`"soon"`), &never) == nil {
		t.Error("`soon` is read as a time")
	}
}

func TestWhatIsNoArtifactIsToldWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"nothing":  {"", "no-artifact"},
		"no JSON":  {"{", "bad-artifact"},
		"catalog":  {`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"}}`, "bad-artifact"},
		"too new":  {`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v99.json"}}`, "bad-artifact"},
		"no shape": {`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"}, "results": 7}`, "bad-artifact"},
	} {
		dir := t.TempDir()
		if c.text != "" {
			if err := os.WriteFile(filepath.Join(dir, RunResultsFile), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := ReadRunResults(dir)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != c.code || !strings.HasSuffix(p.Place.File, RunResultsFile) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestFreshnessIsJudgedByTheStrictestLimitThatIsPassed(t *testing.T) {
	age := func(n int64, period string) *Age { return &Age{Count: &n, Period: &period} }
	c := Criteria{WarnAfter: age(12, "hour"), ErrorAfter: age(1, "day")}
	for took, want := range map[time.Duration]string{
		time.Hour: StatusPass, 12 * time.Hour: StatusPass, 13 * time.Hour: StatusWarn, 25 * time.Hour: StatusError,
	} {
		if got := c.Judge(took); got != want {
			t.Errorf("%v: got %s, want %s", took, got, want)
		}
	}
	if got := (Criteria{}).Judge(1000 * time.Hour); got != StatusPass {
		t.Errorf("without limits: got %s", got)
	}
}

func TestSourcesOfBothShapesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir, SourcesFile, NewSources(Invocation{Generated: noon}, []Freshness{
		{UniqueID: "source.shop.raw.orders", MaxLoadedAt: Time(noon), SnapshottedAt: Time(noon), Status: StatusPass},
		{UniqueID: "source.shop.raw.lost", Status: StatusRuntime, Error: "there is no table raw.lost"},
	}, time.Second)); err != nil {
		t.Fatal(err)
	}
	s, err := ReadSources(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Results) != 2 || s.Results[0].Status != StatusPass || s.Results[1].Status != StatusRuntime {
		t.Errorf("got %+v", s.Results)
	}
}

// manifestOf is a manifest with one model, one macro and one seed.
func manifestOf(change func(*ModelNode, *MacroNode, *SeedNode)) *Manifest {
	m := ModelNode{Node: Node{UniqueID: "model.shop.a", ResourceType: "model", FQN: []string{"shop", "a"}, RawCode: "select 1",
		UnrenderedConfig: map[string]any{"materialized": "table"}}, Compiled: Compiled{DependsOn: DependsOn{Macros: []string{"macro.shop.outer"}}}}
	inner := MacroNode{UniqueID: "macro.shop.inner", MacroSQL: "{% macro inner() %}1{% endmacro %}"}
	s := SeedNode{Node: Node{UniqueID: "seed.shop.s", ResourceType: "seed", Checksum: Checksum{"sha256", "aa"}}}
	if change != nil {
		change(&m, &inner, &s)
	}
	return &Manifest{
		Nodes: map[string]any{m.UniqueID: m, s.UniqueID: s},
		Macros: map[string]MacroNode{inner.UniqueID: inner, "macro.shop.outer": {
			UniqueID: "macro.shop.outer", DependsOn: MacroIDs{Macros: []string{"macro.shop.inner"}},
		}},
	}
}

func TestStateTellsWhatWasChanged(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*ModelNode, *MacroNode, *SeedNode)
		id     string
		is     []string
	}{
		"nothing":       {nil, "model.shop.a", []string{"old", "unmodified"}},
		"body":          {func(m *ModelNode, _ *MacroNode, _ *SeedNode) { m.RawCode = "select 2" }, "model.shop.a", []string{"old", "modified", "modified.body"}},
		"configuration": {func(m *ModelNode, _ *MacroNode, _ *SeedNode) { m.UnrenderedConfig["tags"] = "x" }, "model.shop.a", []string{"old", "modified", "modified.configs"}},
		"alias": {func(m *ModelNode, _ *MacroNode, _ *SeedNode) { m.UnrenderedConfig["alias"] = "x" }, "model.shop.a",
			[]string{"old", "modified", "modified.configs", "modified.relation"}},
		"macro behind a macro": {func(_ *ModelNode, m *MacroNode, _ *SeedNode) { m.MacroSQL += " " }, "model.shop.a", []string{"old", "modified", "modified.macros"}},
		"contract":             {func(m *ModelNode, _ *MacroNode, _ *SeedNode) { m.Contract.Enforced = true }, "model.shop.a", []string{"old", "modified", "modified.contract"}},
		"rows of a seed":       {func(_ *ModelNode, _ *MacroNode, s *SeedNode) { s.Checksum.Checksum = "bb" }, "seed.shop.s", []string{"old", "modified", "modified.body"}},
		"name":                 {nil, "model.shop.b", []string{"new", "modified", "modified.body", "modified.configs", "modified.contract", "modified.persisted_descriptions", "modified.relation"}},
	} {
		dir := t.TempDir()
		before := manifestOf(nil)
		before.Metadata.Schema = manifestSchema
		if err := Write(dir, ManifestFile, before); err != nil {
			t.Fatal(err)
		}
		s := &State{Dir: dir, Current: func() (*Manifest, error) { return manifestOf(c.change), nil }}
		var is []string
		for _, value := range []string{"new", "old", "unmodified", "modified", "modified.body", "modified.configs", "modified.contract",
			"modified.macros", "modified.persisted_descriptions", "modified.relation"} {
			yes, err := s.Is(&project.Resource{ID: c.id}, value)
			if err != nil {
				t.Fatal(err)
			}
			if yes {
				is = append(is, value)
			}
		}
		if diff := cmp.Diff(c.is, is); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWordsHaveTheirKeysInTheOrderOfTheDeclaration(t *testing.T) {
	p := &project.Project{Name: "shop", Packages: []*project.Package{{Name: "shop"}}, Resources: []*project.Resource{{
		ID: "model.shop.a", Kind: project.KindModel, Name: "a", Package: "shop", Language: "sql",
		Columns: []project.Column{{Name: "z", Constraints: []project.Constraint{{Type: "not_null"}}}, {Name: "a"}, {Name: "z", Description: "again"}},
	}}}
	node, err := NewDescriber(p, Options{}).Model(p.Resources[0])
	if err != nil {
		t.Fatal(err)
	}
	columns, _ := node.Get("columns")
	var keys []string
	for key, column := range columns.(Fields).All() {
		description, _ := column.(Fields).Get("description")
		keys = append(keys, fmt.Sprint(key, "=", description))
	}
	if diff := cmp.Diff([]string{"z=again", "a="}, keys); diff != "" {
		t.Error(diff)
	}
	text, err := json.Marshal(constraints(p.Resources[0].Columns[0].Constraints))
	want := `[{"type":"not_null","name":null,"expression":null,"warn_unenforced":false,"warn_unsupported":false,"to":null,"to_columns":[]}]`
	if err != nil || string(text) != want {
		t.Errorf("got %s, %v", text, err)
	}
	if whole, err := json.Marshal(node); err != nil || !json.Valid(whole) {
		t.Errorf("%s: %v", whole, err)
	}
}
