//go:build duckdb_arrow

package write

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
)

// row is what comes in: an empty text is NULL, and so is a cursor below 0.
type row struct {
	file  string
	line  int64
	id    string
	at    int
	name  string
	phone string
}

func (r row) String() string {
	return fmt.Sprintf("%s:%d %s@%d %s/%s", r.file, r.line, r.id, r.at, r.name, r.phone)
}

var (
	rowSchema = lake.Schema{Fields: []lake.Field{
		{Name: "id", Type: lake.TypeOf(lake.String)},
		{Name: "at", Type: lake.TypeOf(lake.TimestampTZ)},
		{Name: "name", Type: lake.TypeOf(lake.String)},
		{Name: "phone", Type: lake.TypeOf(lake.String)},
		{Name: "_tarn_file", Type: lake.TypeOf(lake.String)},
		{Name: "_tarn_line", Type: lake.TypeOf(lake.Long)},
		{Name: "_tarn_load_id", Type: lake.TypeOf(lake.String)},
		{Name: "_tarn_loaded_at", Type: lake.TypeOf(lake.TimestampTZ)},
	}}
	incomingSchema = arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "at", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "phone", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "_tarn_file", Type: arrow.BinaryTypes.String},
		{Name: "_tarn_line", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	provenance = Provenance{File: "_tarn_file", Line: "_tarn_line", LoadedAt: "_tarn_loaded_at"}
)

// moment is the time that a cursor of n stands for; loads come an hour later.
func moment(n int) time.Time { return time.Date(2024, 1, 1, 0, n, 0, 0, time.UTC) }

func loadTime(n int) string {
	return "TIMESTAMPTZ '" + moment(n+10_000).Format("2006-01-02 15:04:05+00") + "'"
}

// bench is a lake with a writer.
type bench struct {
	*scantest.Lake
	w      *Writer
	loads  int
	tables int
}

func newBench(t testing.TB) *bench {
	t.Helper()
	l := scantest.New(t)
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 2, SpillDir: t.TempDir(), Functions: Functions()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{Lake: l, w: New(l.Lake, e)}
}

// table returns the name of a new table.
func (b *bench) table() string {
	b.tables++
	return fmt.Sprintf("raw.t%d", b.tables)
}

// fataler is what tests and properties have in common.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func reader(rows []row) array.RecordReader {
	b := array.NewRecordBuilder(memory.DefaultAllocator, incomingSchema)
	defer b.Release()
	text := func(i int, s string) {
		if s == "" {
			b.Field(i).AppendNull()
			return
		}
		b.Field(i).(*array.StringBuilder).Append(s)
	}
	for _, r := range rows {
		text(0, r.id)
		if r.at < 0 {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(moment(r.at).UnixMicro()))
		}
		text(2, r.name)
		text(3, r.phone)
		b.Field(4).(*array.StringBuilder).Append(r.file)
		b.Field(5).(*array.Int64Builder).Append(r.line)
	}
	rec := b.NewRecordBatch()
	defer rec.Release()
	r, err := array.NewRecordReader(incomingSchema, []arrow.RecordBatch{rec})
	if err != nil {
		panic(err)
	}
	return r
}

// load brings rows into a table and commits; what became of them adds up.
func (b *bench) load(t testing.TB, f fataler, name string, rows []row, m Mode) Outcome {
	f.Helper()
	b.loads++
	m.Now, m.Columns = loadTime(b.loads), provenance
	table := ident.Table{Namespace: "raw", Name: strings.TrimPrefix(name, "raw.")}
	view, err := b.Pin(t.Context())
	if err != nil {
		f.Fatal(err)
	}
	var base *lake.Table
	if _, exists := view.Entry(table); exists {
		if base, err = view.Load(t.Context(), table); err != nil {
			f.Fatal(err)
		}
	}
	stage, err := b.NewStage(t.Context(), "run", "step", table)
	if err != nil {
		f.Fatal(err)
	}
	op := lake.Overwrite
	if base == nil {
		op = lake.Replace
	}
	in := reader(rows)
	defer in.Release()
	c, out, err := b.w.Combine(t.Context(), Request{
		Stage: stage, Base: base, Op: op, Rows: in, Schema: rowSchema,
		Constants: []Constant{{"_tarn_load_id", fmt.Sprintf("'l%d'", b.loads)}, {"_tarn_loaded_at", m.Now}},
	}, m)
	if err != nil {
		f.Fatal(err)
	}
	if err := b.Commit(t.Context(), []*lake.Candidate{c}, nil); err != nil {
		f.Fatal(err)
	}
	keyed := 0
	for _, r := range rows {
		if r.id != "" && (r.at >= 0 || m.Kind != SCD2 || m.Cursor == "") || len(m.Keys) == 0 {
			keyed++
		}
	}
	sum := out.Written
	for _, n := range out.Skipped {
		sum += n
	}
	if sum != int64(keyed) {
		f.Fatalf("%d rows came in, %d are accounted for: %+v", keyed, sum, out)
	}
	here := b.select1(t, f, name, fmt.Sprintf("count(*) FILTER (WHERE _tarn_load_id = 'l%d')", b.loads))
	if out.Written != 0 && here[0] != fmt.Sprint(out.Written) && m.Kind != SCD2 {
		f.Fatalf("%d are said to be written, %s are in the table", out.Written, here[0])
	}
	return out
}

// select1 runs a query over a table.
func (b *bench) select1(t testing.TB, f fataler, name, list string) []string {
	f.Helper()
	base := b.Table(t, name)
	rel, err := scan.Plan(t.Context(), base, lake.At{}, nil)
	if err != nil {
		f.Fatal(err)
	}
	return b.Rows(t, "SELECT "+list+" FROM "+rel.SQL+" ORDER BY ALL")
}

// stored returns the rows of a table as they came in.
func (b *bench) stored(t testing.TB, f fataler, name string) []string {
	f.Helper()
	return b.select1(t, f, name, "format('{}:{} {}@{} {}/{}', _tarn_file, _tarn_line, coalesce(id,''), coalesce(date_diff('minute', TIMESTAMPTZ '2024-01-01 00:00:00+00', \"at\"), -1), coalesce(name,''), coalesce(phone,''))")
}

// differs compares a table with the rows that it should have.
func (b *bench) differs(t testing.TB, f fataler, name string, want []row) string {
	f.Helper()
	texts := make([]string, len(want))
	for i, r := range want {
		texts[i] = r.String()
	}
	slices.Sort(texts)
	got := b.stored(t, f, name)
	slices.Sort(got)
	return gocmp.Diff(strings.Join(texts, "\n"), strings.Join(got, "\n"))
}

// compare orders rows as modes do.
func compare(a, b row) int {
	return cmp.Or(cmp.Compare(max(a.at, -1), max(b.at, -1)), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
}

// drawRows draws files of rows: few keys, few cursors, few values, so that they
// meet often.
func drawRows(t *rapid.T) []row {
	n := rapid.IntRange(1, 30).Draw(t, "rows")
	rows := make([]row, n)
	lines := map[string]int64{}
	for i := range rows {
		file := rapid.SampledFrom([]string{"crm/a.csv", "crm/b.csv", "shop/a.csv"}).Draw(t, "file")
		lines[file]++
		rows[i] = row{
			file: file, line: lines[file],
			id:    rapid.SampledFrom([]string{"1", "2", "3", "4", ""}).Draw(t, "id"),
			at:    rapid.IntRange(-1, 4).Draw(t, "at"),
			name:  rapid.SampledFrom([]string{"ada", "eve", "bartholomew", ""}).Draw(t, "name"),
			phone: rapid.SampledFrom([]string{"1", "22", ""}).Draw(t, "phone"),
		}
	}
	return rows
}

// drawLoads spreads rows over loads, in any order.
func drawLoads(t *rapid.T, rows []row) [][]row {
	n := rapid.IntRange(1, 4).Draw(t, "loads")
	loads := make([][]row, n)
	for _, r := range rapid.Permutation(rows).Draw(t, "order") {
		i := rapid.IntRange(0, n-1).Draw(t, "load")
		loads[i] = append(loads[i], r)
	}
	return loads
}

func groups(rows []row, key func(row) string) map[string][]row {
	out := map[string][]row{}
	for _, r := range rows {
		if k := key(r); k != "" {
			out[k] = append(out[k], r)
		}
	}
	return out
}

func byID(r row) string { return r.id }

func TestMergeKeepsTheLastRowOfEachKeyHoweverRowsAreSpreadOverLoads(t *testing.T) {
	b := newBench(t)
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawRows(rt)
		var want []row
		for _, g := range groups(rows, byID) {
			want = append(want, slices.MaxFunc(g, compare))
		}
		name := b.table()
		loads := drawLoads(rt, rows)
		for _, load := range loads {
			b.load(t, rt, name, load, Mode{Keys: []string{"id"}, Cursor: "at"})
		}
		if diff := b.differs(t, rt, name, want); diff != "" {
			rt.Fatalf("loads %v: %s", loads, diff)
		}
	})
}

func TestDeleteInsertReplacesTheKeysThatComeIn(t *testing.T) {
	b := newBench(t)
	rapid.Check(t, func(rt *rapid.T) {
		name := b.table()
		var want []row
		for _, load := range drawLoads(rt, drawRows(rt)) {
			in := groups(load, byID)
			want = slices.DeleteFunc(want, func(r row) bool { return in[r.id] != nil })
			for _, r := range load {
				if r.id != "" {
					want = append(want, r)
				}
			}
			b.load(t, rt, name, load, Mode{Kind: DeleteInsert, Keys: []string{"id"}})
			if diff := b.differs(t, rt, name, want); diff != "" {
				rt.Fatal(diff)
			}
		}
	})
}

func TestInsertOnlyAddsTheFirstRowOfEachKeyThatIsNotThere(t *testing.T) {
	b := newBench(t)
	rapid.Check(t, func(rt *rapid.T) {
		name := b.table()
		have := map[string]row{}
		for _, load := range drawLoads(rt, drawRows(rt)) {
			exists, twice := int64(0), int64(0)
			for id, g := range groups(load, byID) {
				if _, known := have[id]; known {
					exists += int64(len(g))
					continue
				}
				have[id] = slices.MinFunc(g, compare)
				twice += int64(len(g) - 1)
			}
			out := b.load(t, rt, name, load, Mode{Kind: InsertOnly, Keys: []string{"id"}, Cursor: "at"})
			if out.Skipped[ExistsAlready] != exists || out.Skipped[DuplicateKey] != twice {
				rt.Fatalf("skipped %v, want %d that exist and %d twice", out.Skipped, exists, twice)
			}
			var want []row
			for _, r := range have {
				want = append(want, r)
			}
			if diff := b.differs(t, rt, name, want); diff != "" {
				rt.Fatal(diff)
			}
		}
	})
}

// TestMain makes properties draw fewer cases than usual: each is several
// commits. -rapid.checks draws more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
