//go:build dbtprojects

package dbtprojects

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

var (
	projects = flag.String("projects", "", "a folder of dbt projects, each with the packages it needs in dbt_packages/")
	only     = flag.String("only", "", "names of projects to build, with commas between them (default: all)")
	fresh    = flag.Bool("fresh", false, "build with dbt anew, also where that was done today")
	expect   = flag.Bool("expect", false, "write what dbt makes of each project to NAME.expected beside its folder")
	write    = flag.Bool("write", false, "write the figures to docs/dbt-projects.md")
)

// verdicts are what came of each project, in order.
var verdicts []verdict

func TestMain(m *testing.M) {
	flag.Parse()
	if *projects == "" {
		fmt.Fprintln(os.Stderr, "name the folder of the projects: make dbt-projects PROJECTS=dir")
		os.Exit(2)
	}
	code := m.Run()
	if !*expect {
		fmt.Print(figures(verdicts))
	}
	relations, nodes := 0, 0
	for _, v := range verdicts {
		relations, nodes = relations+v.relations, nodes+v.nodes
	}
	if relations == 0 || nodes == 0 {
		fmt.Fprintln(os.Stderr, "nothing was compared")
		code = 1
	}
	if *write && relations > 0 {
		if err := writeFigures(verdicts); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// Every node and test of every project ends as under dbt-duckdb, and every
// table and view has the same columns and rows.
func TestProjectsBuildAsUnderDBT(t *testing.T) {
	requirements, err := os.ReadFile("requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	tarn := lab.Tarn(t)
	found, err := find(*projects)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range found {
		if *only != "" && !strings.Contains(","+*only+",", ","+p.name+",") {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			v := compare(t, string(requirements), tarn, p)
			verdicts = append(verdicts, v)
			for _, d := range v.differences {
				t.Error(d)
			}
			for _, n := range v.notes {
				t.Log(n)
			}
		})
	}
}

// compare builds a project twice with dbt and once with Tarn.
func compare(t *testing.T, requirements, tarn string, p project) verdict {
	t.Helper()
	python := lab.Python(t, requirements)
	first, second := p.withDBT(t, python, requirements, "first"), p.withDBT(t, python, requirements, "second")
	v := verdict{project: p.name, dbt: min(first.Took, second.Took)}
	if *expect {
		v.nodes, v.relations = len(first.Statuses), p.writeExpected(t, python, first, second)
		return v
	}
	ours := p.buildWithTarn(t, tarn, filepath.Join(t.TempDir(), "tarn"))
	v.tarn = ours.Took
	v.compareNodes(first, second, ours)
	v.compareRelations(compareRows(t, python, tarn, first, second, ours))
	return v
}
