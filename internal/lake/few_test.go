package lake

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/apache/iceberg-go/table"
	"github.com/google/go-cmp/cmp"
)

// TestFewFilesArePrunedAsManyAre: what is known of files leaves those that their
// manifests leave, whatever is asked.
func TestFewFilesArePrunedAsManyAre(t *testing.T) {
	l := newLake(t)
	schema := columns(column("n", Int), column("id", Long), column("name", String), column("score", Double),
		Field{Name: "amount", Type: DecimalOf(9, 2)}, column("day", Date), column("at", TimestampTZ), column("yes", Boolean), column("bytes", Binary))
	row := func(v int) string {
		at := day(10 + v)
		return fmt.Sprintf(`{"n": %d, "id": %d, "name": "name %d", "score": %d.5, "amount": "%d.25", "day": %q, "at": %q, "yes": %v, "bytes": "AAA%d"}`,
			v, 1000*v, v, v, v, at.Format(time.DateOnly), at.Format(time.RFC3339), v%2 == 0, v+4)
	}
	const none = `{"n": null, "id": null, "name": null, "score": null, "amount": null, "day": null, "at": null, "yes": null, "bytes": null}`
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: schema},
		row(-4)+"\n"+row(-2), row(-1), row(0)+"\n"+none, none, row(1)+"\n"+row(3), row(2)))
	state := load(t, openLake(t, l.db, l.store), "o") // which did not write it
	s := state.Current()
	values := map[string]func(v int) any{
		"n": func(v int) any { return int64(v) }, "id": func(v int) any { return int64(1000 * v) },
		"name": func(v int) any { return fmt.Sprintf("name %d", v) }, "score": func(v int) any { return float64(v) + 0.5 },
		"amount": func(v int) any { return fmt.Sprintf("%d.25", v) }, "day": func(v int) any { return day(10 + v) },
		"at": func(v int) any { return day(10 + v) }, "yes": func(v int) any { return v%2 == 0 }, "bytes": func(v int) any { return []byte{0, 0, byte(0x34 + v + 4)} },
		"gone": func(v int) any { return int64(v) },
	}
	judged, pruned := 0, 0
	for column, value := range values {
		for v := -5; v <= 4; v++ {
			for _, p := range []Predicate{
				{column, "=", []any{value(v)}}, {column, "<", []any{value(v)}}, {column, "<=", []any{value(v)}}, {column, ">", []any{value(v)}},
				{column, ">=", []any{value(v)}}, {column, "in", []any{value(v), value(-v)}}, {column, "isnull", nil}, {column, "notnull", nil},
			} {
				tasks, known, err := state.few(ctx, s)
				if err != nil || !known || len(tasks) != 6 {
					t.Fatalf("%d files are known: %v, %v", len(tasks), known, err)
				}
				got := matching(tasks, state.Schema(), []Predicate{p})
				want, err := state.scan(ctx, s, []Predicate{p})
				if err != nil {
					t.Fatal(err)
				}
				for i, task := range tasks {
					left := slices.ContainsFunc(got, func(g table.FileScanTask) bool { return g.File.FilePath() == task.File.FilePath() })
					needed := slices.ContainsFunc(want, func(g table.FileScanTask) bool { return g.File.FilePath() == task.File.FilePath() })
					if needed && !left || left && !needed && column != "bytes" {
						t.Errorf("%v: file %d is left %v, by its manifest %v", p, i, left, needed)
					}
					judged++
					if !left {
						pruned++
					}
				}
			}
		}
	}
	if pruned < judged/4 {
		t.Errorf("of %d files only %d were left out", judged, pruned)
	}
}

// TestFilesOfWhichManifestsTellMoreAreNotKnown: partitions and rows that are
// gone are in manifests, and many files are read as needed.
func TestFilesOfWhichManifestsTellMoreAreNotKnown(t *testing.T) {
	l := newLake(t)
	var many []string
	for n := range fewFiles + 1 {
		many = append(many, fmt.Sprintf(`{"id": %d, "country": "FR"}`, n))
	}
	for name, c := range map[string]struct {
		partition []PartitionField
		files     []string
		known     int
	}{
		"few":         {nil, many[1:], fewFiles},
		"many":        {nil, many, -1},
		"partitioned": {[]PartitionField{{Column: "country", Transform: "identity"}}, many[:2], -1},
		"none":        {nil, nil, 0},
	} {
		commit(t, l, stage(t, l, name, Change{Op: Append, Schema: orders, Partition: c.partition}, c.files...))
		state := load(t, openLake(t, l.db, l.store), name)
		tasks, known, err := state.few(ctx, state.Current())
		if got := len(tasks); err != nil || known != (c.known >= 0) || known && got != c.known {
			t.Errorf("%s: %d files are known: %v, %v", name, got, known, err)
		}
		files, err := state.Files(ctx, At{}, nil)
		if diff := cmp.Diff(len(c.files), len(files)); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}
