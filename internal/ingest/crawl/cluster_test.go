package crawl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/locate"
)

func TestFilesOfOneTableComeTogether(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		// want has a line for each group: table, paths.
		want []string
	}{
		{"dates in names", []string{"d/orders_2024-01-31.csv", "d/orders_2024-02-01.csv.gz"}, []string{"orders d/orders_*.csv*"}},
		{"all compressed alike", []string{"d/o-20240131.csv.gz", "d/o-20240201.csv.gz"}, []string{"o d/o-*.csv.gz"}},
		{"only dates: the folder names it", []string{"sales/2010-12-01.csv", "sales/2010-12-02.csv"}, []string{"sales sales/*.csv"}},
		{"partition folders", []string{"e/day=2024-01-01/part-0.json", "e/day=2024-01-02/part-0.json"}, []string{"e e/day=*/part-*.json"}},
		{"folders of years and months", []string{"e/2024/01/x.csv", "e/2024/02/x.csv"}, []string{"x e/*/*/x.csv"}},
		{"identifiers", []string{"e/part-00000-2c4f7d96-e703-4de3-af1b-1441d172c80f.csv", "e/part-00001-1a9822ba-b8fb-4d8e-844a-ea30d0801b9e.csv"}, []string{"e e/part-*-*.csv"}},
		{"other tables beside", []string{"orders_1.csv", "orders_2.csv", "orders_lines.csv"}, []string{"orders orders_[0-9]*.csv", "orders_lines orders_lines.csv"}},
		{"one file", []string{"Kunden Liste.csv"}, []string{"kunden_liste Kunden Liste.csv"}},
		{"one file with a date, of which more may come", []string{"in/CustomerOrders-2024-01-31.csv"}, []string{"customer_orders in/CustomerOrders-2024-01-31.csv"}},
		{"nothing but digits", []string{"1.csv", "2.csv"}, []string{"data *.csv"}},
		{"wildcards in names", []string{"a[1].csv"}, []string{`a a\[1].csv`}},
	} {
		var files []locate.File
		for _, f := range c.files {
			files = append(files, locate.File{Name: f})
		}
		var got []string
		for _, g := range group(files) {
			got = append(got, g.table()+" "+strings.Join(g.paths(files), " "))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestNewTablesGoToTheEndOfAFile(t *testing.T) {
	entry := "  # evidence\n  new:\n    from: file\n"
	for _, c := range []struct {
		file, want string
		ok         bool
	}{
		{"source: s\ntables:\n  a:\n    from: file\n", "source: s\ntables:\n  a:\n    from: file\n  # evidence\n  new:\n    from: file\n", true},
		{"source: s\ntables: # all\n\n    a:\n        from: file", "source: s\ntables: # all\n\n    a:\n        from: file\n    # evidence\n    new:\n      from: file\n", true},
		{"tables:\n  a: {from: file}\nsource: s\n", "", false},
		{"source: s\ntables: {a: {from: file}}\n", "", false},
		{"source: s\n", "", false},
	} {
		got, ok := Add(c.file, entry)
		if got != c.want || ok != c.ok {
			t.Errorf("%q: got %q %v", c.file, got, ok)
		}
	}
}
