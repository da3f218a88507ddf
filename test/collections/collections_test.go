//go:build collections

// Package collections loads public collections of odd files, which whoever runs
// it fetches, and says what becomes of each: `make collections JSON=… POLLOCK=…`.
//
// It promises that nothing panics and that nothing is lost silently: what is in
// a file is in a row or in a reject, or the load fails and says why. The
// collections are not part of this repository.
package collections

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

var (
	jsonDir    = flag.String("json", "", "a checkout of github.com/nst/JSONTestSuite")
	pollockDir = flag.String("pollock", "", "a checkout of github.com/HPI-Information-Systems/Pollock")
	write      = flag.Bool("write", false, "write docs/collections.md, from both collections")
)

// sections are the texts of the page, by collection.
var sections = map[string]string{}

func TestMain(m *testing.M) {
	flag.Parse()
	if *jsonDir == "" && *pollockDir == "" {
		fmt.Fprintln(os.Stderr, "name the folders of the collections: make collections JSON=dir POLLOCK=dir")
		os.Exit(2)
	}
	code := m.Run()
	if code == 0 && *write {
		code = writePage()
	}
	os.Exit(code)
}

func writePage() int {
	if len(sections) < 2 {
		fmt.Fprintln(os.Stderr, "the page is written from both collections")
		return 2
	}
	page := "# Public collections of odd files\n\n" +
		"What Tarn makes of two public collections, which are not part of this repository: `make collections JSON=dir POLLOCK=dir` fetches nothing and reads checkouts of them. It fails where anything panics, or where what is in a file is neither in a row nor in a reject and the load does not say so either. The figures here are from such a run (`ARGS=-write`).\n\n" +
		sections["json"] + "\n" + sections["pollock"]
	if err := os.WriteFile(filepath.Join("..", "..", "docs", "collections.md"), []byte(page), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// load loads a file as what a format finds out, with the options that are given.
func load(t *testing.T, format connector.Format, content []byte, req connector.Request) (*connectortest.Collected, error) {
	t.Helper()
	_, counts, got, err := connectortest.Collect(t.Context(), format, []connector.Input{connectortest.File("file", content)}, req)
	if err != nil {
		return nil, err
	}
	if c := counts[0]; c.Records != int64(len(got.Rows)+len(got.Rejects)) || c.Bytes != int64(len(content)) {
		t.Errorf("%d rows and %d rejects, counts %+v", len(got.Rows), len(got.Rejects), c)
	}
	return got, nil
}

// table writes a Markdown table.
func table(rows ...[]string) string {
	var b strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
	return b.String()
}
