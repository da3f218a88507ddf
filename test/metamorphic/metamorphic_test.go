package metamorphic

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// format is how records are written down.
type format struct {
	name, ending, head, foot string
	// options are more lines of the table's declaration.
	options string
	// record writes one; broken writes what is none.
	record, broken func(n int, values [3]string) string
}

var formats = []format{
	{
		name: "csv", ending: ".csv", head: "id,a,b,c\n",
		record: func(n int, v [3]string) string { return fmt.Sprintf("%d,%s,%s,%s\n", n, v[0], v[1], v[2]) },
		broken: func(n int, _ [3]string) string { return fmt.Sprintf("%d,too,many,fields,here\n", n) },
	},
	{
		name: "ndjson", ending: ".ndjson",
		record: func(n int, v [3]string) string {
			return fmt.Sprintf(`{"id": %d, "a": %s, "b": %s, "c": {"inner": [%s]}}`+"\n", n, asJSON(v[0]), asJSON(v[1]), asJSON(v[2]))
		},
		broken: func(n int, _ [3]string) string { return fmt.Sprintf(`{"id": %d, "a": NaN}`+"\n", n) },
	},
	{
		name: "xml", ending: ".xml", head: "<all>\n", foot: "</all>\n", options: "    record: r\n",
		record: func(n int, v [3]string) string {
			return fmt.Sprintf("<r><id>%d</id><a>%s</a><b>%s</b><c>%s</c></r>\n", n, v[0], v[1], v[2])
		},
	},
}

// asJSON writes a value as JSON would have it.
func asJSON(v string) string {
	if v == "" {
		return "null"
	}
	if json.Valid([]byte(v)) {
		return v
	}
	return `"` + v + `"`
}

// values are drawn from what makes types widen.
var values = rapid.SampledFrom([]string{"", "1", "22", "9007199254740993", "1.5", "-0.25", "true", "false", "2024-01-31", "2024-01-31 10:20:30", "007", "text", "Zoë"})

// parting is how records are put into files.
type parting struct {
	// file has the number of the file of each record; order is that of records.
	file, order []int
	files       int
	gzip        []bool
	threads     string
	// loads is how many loads the files come in.
	loads int
}

func whole(n int) parting {
	p := parting{file: make([]int, n), order: make([]int, n), files: 1, gzip: []bool{false}, threads: "1", loads: 1}
	for i := range p.order {
		p.order[i] = i
	}
	return p
}

func drawParting(t *rapid.T, n int) parting {
	p := parting{files: rapid.IntRange(1, 12).Draw(t, "files"), threads: rapid.SampledFrom([]string{"1", "4"}).Draw(t, "threads"), loads: 1}
	p.file = rapid.SliceOfN(rapid.IntRange(0, p.files-1), n, n).Draw(t, "file of each")
	p.order = rapid.Permutation(whole(n).order).Draw(t, "order")
	p.gzip = rapid.SliceOfN(rapid.Bool(), p.files, p.files).Draw(t, "compressed")
	return p
}

// load brings the records in, parted as p says.
func (l *lake) load(f format, records []string, p parting) {
	contents := make([]strings.Builder, p.files)
	for i := range contents {
		contents[i].WriteString(f.head)
	}
	for _, i := range p.order {
		contents[p.file[i]].WriteString(records[i])
	}
	for at := range p.loads {
		for i := at; i < p.files; i += p.loads {
			text := contents[i].String() + f.foot
			name := fmt.Sprintf("in/%d%s", (i*7)%p.files+100*i, f.ending)
			if p.gzip[i] {
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				_, err := z.Write([]byte(text))
				if err == nil {
					err = z.Close()
				}
				if err != nil {
					l.t.Fatal(err)
				}
				text, name = b.String(), name+".gz"
			}
			l.write(name, []byte(text))
		}
		l.tarn("ingest", "--threads", p.threads)
	}
}

// shown is the table, its types and its quarantine, without where rows come
// from.
func (l *lake) shown() string {
	return l.tarn("query", "-o", "csv", "select id, a, b, c, typeof(a) as ta, typeof(b) as tb, typeof(c) as tc from raw.t order by id, a, b, c::varchar") +
		l.tarn("query", "-o", "csv", "select raw::varchar as raw, list_transform(violations, lambda v: v.rule) as rules from raw.t__quarantine order by 1")
}

func drawRecords(t *rapid.T, f format) []string {
	n := rapid.IntRange(1, 60).Draw(t, "records")
	records := make([]string, n)
	for i := range records {
		v := [3]string{values.Draw(t, "a"), values.Draw(t, "b"), values.Draw(t, "c")}
		if f.broken != nil && rapid.IntRange(0, 9).Draw(t, "broken") == 0 && i > 0 {
			records[i] = f.broken(i, v)
		} else {
			records[i] = f.record(i, v)
		}
	}
	return records
}

// projects is how many projects the tests of dbt projects draw, each.
var projects = flag.Int("projects", 1, "how many projects are drawn for each test")

// TestMain lets each test draw few cases, as each of them builds lakes; give
// -rapid.checks and -projects for more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "6"); err != nil {
		panic(err)
	}
	flag.Parse()
	os.Exit(m.Run())
}

func TestOneFileOrManyInAnyOrder(t *testing.T) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			root := t.TempDir()
			rapid.Check(t, func(t *rapid.T) {
				records := drawRecords(t, f)
				one, many := newLake(t, root, f, ""), newLake(t, root, f, "")
				one.load(f, records, whole(len(records)))
				many.load(f, records, drawParting(t, len(records)))
				if diff := cmp.Diff(one.shown(), many.shown()); diff != "" {
					t.Fatal(diff)
				}
			})
		})
	}
}

func TestOneLoadOrSeveral(t *testing.T) {
	// What is declared cannot depend on what came first.
	const declared = "    columns: {id: long, a: string, b: string, c: string}\n"
	for _, f := range formats[:1] {
		t.Run(f.name, func(t *testing.T) {
			root := t.TempDir()
			rapid.Check(t, func(t *rapid.T) {
				records := drawRecords(t, f)
				one, several := newLake(t, root, f, declared), newLake(t, root, f, declared)
				one.load(f, records, whole(len(records)))
				p := drawParting(t, len(records))
				p.loads = rapid.IntRange(1, min(3, p.files)).Draw(t, "loads")
				several.load(f, records, p)
				if diff := cmp.Diff(one.shown(), several.shown()); diff != "" {
					t.Fatal(diff)
				}
			})
		})
	}
}
