package crawl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/all"
	"github.com/tarn-lake/tarn/internal/ingest/locate"
)

// crawler looks at a folder that has these files.
func crawler(t *testing.T, files map[string]string) *Crawler {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &Crawler{Finder: &locate.Finder{Dir: dir}, Formats: all.Formats()}
}

func TestADocumentLargerThanTheSampleIsRecognised(t *testing.T) {
	var b strings.Builder
	b.WriteString("<orders>\n")
	for i := 0; b.Len() < 2*sampleBytes; i++ {
		fmt.Fprintf(&b, "<order><id>%d</id><article>a lamp</article></order>\n", i)
	}
	b.WriteString("</orders>\n")
	c := crawler(t, map[string]string{"orders.xml": b.String()})
	p, err := c.Crawl(t.Context(), Query{Paths: []string{"orders.xml"}})
	if err != nil || len(p.Tables) != 1 || p.Tables[0].Format != "xml" || p.Tables[0].Confidence < 0.9 {
		t.Errorf("%v: %+v, not recognised %v", err, p.Tables, p.Unknown)
	}
}

func TestTablesThatCannotBeComparedHinderNoOther(t *testing.T) {
	c := crawler(t, map[string]string{"a.csv": "id,v\n1,2\n", "known.csv": "id,w\n1,2\n"})
	outside := filepath.Join(t.TempDir(), "outside.csv")
	if err := os.WriteFile(outside, []byte("id\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(c.Finder.Dir, "out.csv")); err != nil {
		t.Fatal(err)
	}
	p, err := c.Crawl(t.Context(), Query{Paths: []string{"a.csv", "known.csv"}, Known: []Known{
		{Name: "x.piped", Paths: []string{"-"}},
		{Name: "x.far", Paths: []string{"http://127.0.0.1:1/a.csv"}},
		{Name: "x.out", Paths: []string{"[o]ut.csv"}},
		{Name: "x.known", Paths: []string{"known.csv"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Tables) != 1 || p.Tables[0].Name != "a" || p.Covered != 1 || len(p.Changes) != 0 {
		t.Errorf("tables %+v, %d covered, changes %v", p.Tables, p.Covered, p.Changes)
	}
	if notes := strings.Join(p.Notes, "\n"); len(p.Notes) != 1 || !strings.Contains(notes, "x.out") {
		t.Errorf("notes: %s", notes)
	}
}
