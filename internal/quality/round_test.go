//go:build duckdb_arrow

package quality_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
	"github.com/tarn-lake/tarn/internal/template/relation"
	"github.com/tarn-lake/tarn/internal/transform"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// One pass over a table says of each test what the test says by itself: state,
// number of failures, SQL and rows; for tables with NULLs, NaN and rows that
// come twice, and for all that a test can be told.
func TestOnePassSaysWhatEachTestSaysByItself(t *testing.T) {
	l := scantest.New(t)
	g, all, answered := reader(t, l.Dir), 0, 0
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 17))
		child, parent := fmt.Sprintf("child_%d", seed), fmt.Sprintf("parent_%d", seed)
		l.Append(t, parent, randomRows(r, 5))
		l.Append(t, child, randomRows(r, 40))
		p := projectOf(t, child, parent, randomTests(r, parent))
		tr := &transform.Transformer{Gate: g, Project: p, Who: somebody, Describer: artifact.NewDescriber(p, artifact.Options{})}
		j := &quality.Judge{Gate: g, Project: p, Who: somebody, Compile: tr.TestStatement,
			Relation: func(r *project.Resource) string { return relation.New(r.Relation).String() }}
		view, err := l.Pin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		scope := &build.Scope{View: view, SystemTables: noSystem{}}
		tests := slices.Clone(p.Resources)
		tests = slices.DeleteFunc(tests, func(r *project.Resource) bool { return r.Kind != project.KindTest })
		together, err := j.RunAll(t.Context(), tests, scope)
		if err != nil {
			t.Fatal(err)
		}
		for i, test := range tests {
			alone, err := j.Run(t.Context(), test, scope)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sorted(alone), sorted(together[i]), cmpopts.IgnoreFields(quality.Verdict{}, "Took")); diff != "" {
				t.Errorf("seed %d: %s where %q: alone -, together +\n%s", seed, test.Name, test.Test.Where, diff)
			}
		}
		round := j.Round(tests, scope)
		for _, test := range tests {
			if round.Answers(t.Context(), test) {
				answered++
			}
		}
		all += len(tests)
	}
	if answered < all/3 {
		t.Errorf("one pass answered %d of %d tests", answered, all)
	}
}

// columns are what tests are about; near is a number where it is text here or
// there.
var columns = []string{"id", "f", "s", "near"}

func randomRows(r *rand.Rand, n int) string {
	var rows []string
	for range n {
		floats := []string{"NULL", "'NaN'::DOUBLE", "'inf'::DOUBLE", "-0.0::DOUBLE", "0.0::DOUBLE", "1.5::DOUBLE"}
		texts := []string{"NULL", "''", "'a'", "'b'", "'A'", "'1'"}
		id := fmt.Sprint(r.IntN(n * 4))
		if r.IntN(9) == 0 {
			id = "NULL"
		}
		rows = append(rows, fmt.Sprintf("(%s::INTEGER, %s, %s::VARCHAR, '%d')", id, floats[r.IntN(len(floats))], texts[r.IntN(len(texts))], r.IntN(4)))
	}
	return "SELECT * FROM (VALUES " + strings.Join(rows, ", ") + ") AS t(id, f, s, near)"
}

// randomTests are the tests of the child in YAML.
func randomTests(r *rand.Rand, parent string) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var b strings.Builder
	for n, column := range columns {
		fmt.Fprintf(&b, "      - name: %s\n        data_tests:\n", column)
		for i := range 5 {
			kind := pick("not_null", "unique", "relationships", "accepted_values")
			fmt.Fprintf(&b, "          - %s:\n              name: t%d_%d_%s_%s\n", kind, n, i, kind, column)
			switch kind {
			case "relationships":
				field := column
				if r.IntN(4) == 0 {
					field = map[string]string{"id": "near", "near": "id", "f": "id", "s": "near"}[column]
				}
				fmt.Fprintf(&b, "              arguments: {to: \"ref('%s')\", field: %s}\n", parent, field)
			case "accepted_values":
				fmt.Fprintf(&b, "              arguments: {values: %s}\n", pick("['0', '1', '2', '3']", "[1, 2]", "['1']"))
			}
			b.WriteString("              config:\n                enabled: true\n")
			for _, c := range []string{
				"where: " + pick("id > 5", `"s in ('a', 'b')"`, "f is null", "false", "f > 0 or id is null"), "severity: warn", "warn_if: '> 2'",
				"error_if: '> 3'", "error_if: 'between 1 and 4'", "limit: 2", "fail_calc: 2 * count(*)", "warn_if: '= 0'",
			} {
				if r.IntN(5) == 0 && !strings.Contains(b.String()[strings.LastIndex(b.String(), "enabled"):], c[:7]) {
					fmt.Fprintf(&b, "                %s\n", c)
				}
			}
		}
	}
	return b.String()
}

func projectOf(t *testing.T, child, parent, tests string) *project.Project {
	t.Helper()
	p, problems := project.Load(fstest.MapFS{
		"dbt_project.yml":           {Data: []byte("name: shop\n")},
		"models/" + child + ".sql":  {Data: []byte("select 1 as id")},
		"models/" + parent + ".sql": {Data: []byte("select 1 as id")},
		"models/schema.yml":         {Data: []byte("models:\n  - name: " + child + "\n    columns:\n" + tests)},
	}, "", project.Options{})
	if err := problems.Err(); err != nil {
		t.Fatal(err, tests)
	}
	return p
}

// sorted is a verdict with its rows in one order: none is promised.
func sorted(v quality.Verdict) quality.Verdict {
	if v.Failing != nil {
		s := *v.Failing
		s.Rows = slices.Clone(s.Rows)
		slices.SortFunc(s.Rows, slices.Compare)
		v.Failing = &s
	}
	return v
}

var somebody = policy.Who{Principal: identity.Principal{Kind: identity.Local, Name: "somebody"}}

func reader(t *testing.T, dir string) *gate.Gate {
	t.Helper()
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Reader, Threads: 2, MemoryLimit: 512 << 20, AllowedDirs: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	g, err := gate.New(gate.Options{Reader: e})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// noSystem is a lake without system tables.
type noSystem struct{}

func (noSystem) System(context.Context, *build.Scope, string, gate.Wanted) (*generated.Table, error) {
	return nil, nil
}

func (noSystem) SystemNames() []string { return nil }
