package graph

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cockroachdb/datadriven"

	"github.com/tarn-lake/tarn/internal/project"
)

// TestTranscripts runs the commands in testdata: `project` loads files, each
// after a line "--- path"; `order`, `near ID`, `select` and `sub` ask the graph
// that was built of them.
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var g *Graph
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "project" {
				var report string
				g, report = load(t, d.Input)
				return report
			}
			return ask(t, g, d)
		})
	})
}

func load(t *testing.T, input string) (*Graph, string) {
	t.Helper()
	files := fstest.MapFS{project.File: {Data: []byte("name: shop\n")}}
	for _, part := range strings.Split("\n"+input, "\n--- ")[1:] {
		path, text, _ := strings.Cut(part, "\n")
		files[path] = &fstest.MapFile{Data: []byte(text + "\n")}
	}
	p, problems := project.Load(files, "", project.Options{})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	g, err := Build(p)
	if err != nil {
		return nil, err.Error()
	}
	return g, fmt.Sprintf("%d resources", len(g.Resources()))
}

func ask(t *testing.T, g *Graph, d *datadriven.TestData) string {
	t.Helper()
	switch d.Cmd {
	case "order":
		return strings.Join(g.Order(), "\n")
	case "near":
		id := strings.TrimSpace(d.Input)
		return fmt.Sprintf("parents %v\nchildren %v\nancestors %v\ndescendants %v",
			short(g.Parents(id)), short(g.Children(id)), short(g.Ancestors(id)), short(g.Descendants(id)))
	case "select", "sub":
		s, err := g.Choose(arguments(d.Input))
		if err != nil {
			return err.Error()
		}
		var out strings.Builder
		if d.Cmd == "sub" {
			sub := g.Sub(s)
			for _, id := range sub.Order() {
				fmt.Fprintf(&out, "%s %v\n", short([]string{id})[0], short(sub.Parents(id)))
			}
		} else if s.Len() > 0 {
			fmt.Fprintln(&out, strings.Join(short(s.IDs()), " "))
		} else {
			fmt.Fprintln(&out, "(nothing)")
		}
		for _, w := range s.Warnings() {
			fmt.Fprintln(&out, w)
		}
		return out.String()
	default:
		t.Fatalf("unknown command %s", d.Cmd)
		return ""
	}
}

// arguments splits a line as a shell would split the flags; --state gives a
// state in which stg_invoices was changed, the tests on fct_sales failed and
// retail.returns has new rows.
func arguments(line string) Selection {
	var s Selection
	into := &s.Select
	for _, word := range strings.Fields(line) {
		indirect, isIndirect := strings.CutPrefix(word, "--indirect=")
		named, isNamed := strings.CutPrefix(word, "--selector=")
		switch {
		case isNamed:
			s.Named = named
		case word == "--exclude":
			into = &s.Exclude
		case word == "--state":
			s.State = before{
				is:     map[string]string{"model.shop.stg_invoices": "modified"},
				result: map[string]string{"test.shop.not_null_fct_sales_invoice": "fail", "model.shop.fct_sales": "success"},
				fresh:  map[string]bool{"source.shop.retail.returns": true},
			}
		case isIndirect:
			s.Indirect = Indirect(indirect)
		default:
			*into = append(*into, word)
		}
	}
	return s
}

// before is a state that is written down.
type before struct {
	is, result map[string]string
	fresh      map[string]bool
}

func (b before) Is(r *project.Resource, value string) (bool, error) { return b.is[r.ID] == value, nil }

func (b before) Result(id string) (string, error) { return b.result[id], nil }

func (b before) Fresher(id string) (bool, error) { return b.fresh[id], nil }

// short leaves the package out of IDs, and the kind of models.
func short(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strings.TrimPrefix(strings.Replace(id, ".shop.", ":", 1), "model:")
	}
	return out
}
