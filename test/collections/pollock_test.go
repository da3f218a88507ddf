//go:build collections

package collections

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// parameters say how a file of Pollock is written.
type parameters struct {
	Encoding  string   `json:"encoding"`
	Delimiter string   `json:"delimiter"`
	Quote     string   `json:"quotechar"`
	Escape    string   `json:"escapechar"`
	Header    int      `json:"header_lines"`
	Preamble  int      `json:"preamble_lines"`
	Names     []string `json:"column_names"`
}

// tally counts what became of the files of one group.
type tally struct {
	files, same, quarantined, refused, other int
	rows, rejects                            int
}

// TestPollock loads every polluted file of Pollock, as the format finds it and
// with the dialect declared.
func TestPollock(t *testing.T) {
	if *pollockDir == "" {
		return
	}
	dir := filepath.Join(*pollockDir, "polluted_files")
	paths, err := filepath.Glob(filepath.Join(dir, "csv", "*.csv"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no polluted_files/csv/*.csv in %s (%v)", *pollockDir, err)
	}
	section := fmt.Sprintf("## Pollock\n\n[HPI-Information-Systems/Pollock](https://github.com/HPI-Information-Systems/Pollock), `polluted_files`, %d files made from one table by one pollution each. \"As the clean file\": the rows are those of the clean file and nothing is quarantined. \"Rows quarantined\": the load succeeds and keeps what does not fit apart. \"Other rows\": nothing is quarantined, but the rows are not those of the clean file, since the polluted file says something else: with a separator missing in front of a quote, the quote is part of a text.\n", len(paths))
	for _, declared := range []bool{false, true} {
		groups := map[string]*tally{}
		for _, path := range paths {
			name := groupOf(filepath.Base(path))
			if groups[name] == nil {
				groups[name] = &tally{}
			}
			pollock(t, dir, filepath.Base(path), declared, groups[name])
		}
		title := "Found out"
		if declared {
			title = "With delimiter, quote, escape, encoding and header declared"
		}
		section += "\n### " + title + "\n\n" + tallies(groups)
	}
	sections["pollock"] = section
	t.Log("\n" + section)
}

var digits = regexp.MustCompile(`\d+`)

// groupOf puts files that differ by row and column only together.
func groupOf(name string) string {
	name = strings.TrimSuffix(name, ".csv")
	if strings.HasPrefix(name, "row_") {
		return digits.ReplaceAllString(strings.ReplaceAll(name, "0x20", "space"), "N")
	}
	return name
}

func tallies(groups map[string]*tally) string {
	rows := [][]string{{"pollution", "files", "as the clean file", "rows quarantined", "load refused", "other rows", "rows", "rejects"}}
	var names []string
	var sum tally
	for name := range groups {
		names = append(names, name)
	}
	slices.Sort(names)
	line := func(name string, g *tally) {
		rows = append(rows, []string{name, fmt.Sprint(g.files), fmt.Sprint(g.same), fmt.Sprint(g.quarantined), fmt.Sprint(g.refused), fmt.Sprint(g.other), fmt.Sprint(g.rows), fmt.Sprint(g.rejects)})
	}
	for _, name := range names {
		g := groups[name]
		line(name, g)
		sum = tally{sum.files + g.files, sum.same + g.same, sum.quarantined + g.quarantined, sum.refused + g.refused, sum.other + g.other, sum.rows + g.rows, sum.rejects + g.rejects}
	}
	line("all", &sum)
	return table(rows...)
}

// pollock loads one file with every column as text, so that what comes out can
// be compared.
func pollock(t *testing.T, dir, name string, declared bool, g *tally) {
	t.Helper()
	content, clean := read(t, dir, "csv", name), read(t, dir, "clean", name)
	var p parameters
	if err := json.Unmarshal(read(t, dir, "parameters", name+"_parameters.json"), &p); err != nil {
		t.Fatal(err)
	}
	req := connector.Request{Options: map[string]connector.Option{}}
	kept := content
	if declared {
		req.Options = p.options()
		for range p.Preamble { // declared to be skipped
			_, kept, _ = bytes.Cut(kept, []byte("\n"))
		}
	}
	g.files++
	names, got, err := asText(t, content, req)
	var problem *diag.Problem
	switch {
	case errors.As(err, &problem):
		g.refused++
		return
	case err != nil:
		t.Errorf("%s: %v", name, err)
		return
	}
	g.rows += len(got.Rows)
	g.rejects += len(got.Rejects)
	if lost := lostWords(kept, names, got); len(lost) > 0 {
		t.Errorf("%s: not in rows, rejects or names: %q", name, lost)
	}
	want, err := csv.NewReader(bytes.NewReader(clean)).ReadAll()
	switch {
	case len(got.Rejects) > 0:
		g.quarantined++
	case err == nil && len(want) > 0 && sameRows(want[1:], got.Rows):
		g.same++
	default:
		g.other++
	}
}

func read(t *testing.T, parts ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// options are the parameters as options, as far as there are such.
func (p parameters) options() map[string]connector.Option {
	options := map[string]connector.Option{"header": {Value: p.Header > 0}}
	if len(p.Delimiter) == 1 {
		options["delimiter"] = connector.Option{Value: p.Delimiter}
	}
	if len(p.Quote) == 1 {
		options["quote"] = connector.Option{Value: p.Quote}
	}
	if p.Escape == `\` {
		options["escape"] = connector.Option{Value: "backslash"}
	}
	if p.Preamble > 0 {
		options["skip"] = connector.Option{Value: p.Preamble}
	}
	return options
}

// asText loads a file with every column declared as string.
func asText(t *testing.T, content []byte, req connector.Request) ([]string, *connectortest.Collected, error) {
	t.Helper()
	layout, err := csvfile.Format{}.Infer(t.Context(), []connector.Input{connectortest.File("file", content)}, req)
	if err != nil {
		return nil, nil, err
	}
	req.Declared = map[string]connector.DeclaredType{}
	var names []string
	for _, c := range layout.Columns {
		names = append(names, c.Name)
		req.Declared[c.Name] = connector.DeclaredType{Type: "string"}
	}
	got, err := load(t, csvfile.Format{}, content, req)
	return names, got, err
}

var words = regexp.MustCompile(`[A-Za-z0-9]+`)

// lostWords are the words of a file that are in no row, reject or name.
func lostWords(content []byte, names []string, got *connectortest.Collected) []string {
	counts := map[string]int{}
	count := func(text string, by int) {
		for _, word := range words.FindAllString(text, -1) {
			counts[word] += by
		}
	}
	count(string(content), 1)
	count(strings.Join(names, " "), -1)
	for _, row := range got.Rows {
		count(strings.Join(row, " "), -1)
	}
	for _, r := range got.Rejects {
		count(r.Raw, -1)
	}
	var lost []string
	for word, n := range counts {
		if n > 0 {
			lost = append(lost, word)
		}
	}
	slices.Sort(lost)
	return lost
}

func sameRows(want, got [][]string) bool {
	return slices.EqualFunc(want, got, func(a, b []string) bool {
		return slices.EqualFunc(a, b, func(x, y string) bool { return x == y || x == "" && y == "NULL" })
	})
}
