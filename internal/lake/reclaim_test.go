package lake

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/iceberg-go/table"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/fault"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

func TestExpiredFilesGoAndThePastThatIsKeptStays(t *testing.T) {
	l := newLake(t)
	times := make([]time.Time, 8)
	for n := range times {
		replaceAll(t, l, "o", n, keepOnly(3))
		commit(t, l, stage(t, l, "append", Change{Base: load(t, l, "append"), Op: Append, Schema: orders, Properties: keepOnly(3)}, row(n)))
		times[n] = time.Now()
	}
	past := func(n int) (*Table, error) {
		v, err := l.PinAt(ctx, times[n])
		if err != nil {
			t.Fatal(err)
		}
		return v.Load(ctx, name("o"))
	}
	if out, err := l.Reclaim(ctx, times[0].Add(-time.Hour)); err != nil || out.Files > 0 {
		t.Fatalf("what expired a moment ago may be read: %+v, %v", out, err)
	}
	for n := range times {
		then, err := past(n)
		if err != nil {
			t.Fatal(err)
		}
		wantRows(t, then, At{}, row(n))
	}
	out, err := l.Reclaim(ctx, time.Now())
	if err != nil || out.Snapshots != 10 || out.Files == 0 || out.Bytes == 0 {
		t.Errorf("%+v, %v", out, err)
	}
	for n := range times {
		then, err := past(n)
		if n < 5 {
			if !errors.Is(err, ErrNoSnapshot) || !strings.Contains(err.Error(), "has expired") {
				t.Errorf("as of %d: %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		wantRows(t, then, At{}, row(n))
	}
	if got := rowsAt(t, load(t, l, "append"), At{}); len(got) != len(times) {
		t.Errorf("%d rows are left", len(got))
	}
	if v, err := l.PinAt(ctx, times[0].Add(-time.Hour)); err != nil {
		t.Fatal(err)
	} else if _, err := v.Load(ctx, name("o")); !errors.Is(err, ErrNotFound) {
		t.Errorf("before it was made: %v", err)
	}
	if again, err := l.Reclaim(ctx, time.Now()); err != nil || again.Files != 0 {
		t.Errorf("%+v, %v", again, err)
	}
	// What the log of metadata files names is there.
	for entry := range load(t, l, "o").meta.PreviousFiles() {
		if file, _ := l.store.Name(entry.MetadataFile); !slices.Contains(allFiles(t, l), file) {
			t.Errorf("%s is gone", file)
		}
	}
	wantOnlyKept(t, l)
}

func TestMetadataFilesGoWhereTheTableSaysSo(t *testing.T) {
	l := newLake(t)
	properties := keepOnly(2)
	properties[table.MetadataPreviousVersionsMaxKey], properties[table.MetadataDeleteAfterCommitEnabledKey] = "2", "true"
	for n := range 6 {
		replaceAll(t, l, "o", n, properties)
	}
	if _, err := l.Reclaim(ctx, time.Now()); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range allFiles(t, l) {
		if strings.HasSuffix(file, ".metadata.json") {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d metadata files, want the current one and two in its log", n)
	}
	wantOnlyKept(t, l)
}

// What is held, tagged, renamed, or forbidden to go stays.
func TestWhatSomebodyNeedsDoesNotGo(t *testing.T) {
	l := newLake(t)
	w := newWriter(t, l)
	replaceAll(t, l, "main.o", 0, keepOnly(1))
	tagged := load(t, l, "main.o").Current().ID
	if _, err := w.Alter(ctx, []TableUpdate{{Name: name("main.o"), Updates: json.RawMessage(fmt.Sprintf(
		`[{"action": "set-snapshot-ref", "ref-name": "audit", "type": "tag", "snapshot-id": %d}]`, tagged))}}, nil); err != nil {
		t.Fatal(err)
	}
	replaceAll(t, l, "main.o", 1, nil)
	held := stage(t, l, "main.o", Change{Base: load(t, l, "main.o"), Op: Append, Schema: orders}, row(100))
	if err := l.Hold(ctx, []*Candidate{held}, "a test failed"); err != nil {
		t.Fatal(err)
	}
	// A commit of the table would drop what is held for it.
	renamed := func() {
		if err := l.db.Update(ctx, func(tx metadb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE tarn_stage SET table_key = 'elsewhere' WHERE id = ?`, held.Stage)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	renamed()
	replaceAll(t, l, "main.o", 2, nil)
	replaceAll(t, l, "main.p", 0, keepOnly(1))
	replaceAll(t, l, "main.p", 1, map[string]string{table.GCEnabledKey: "false"})
	forbidden := load(t, l, "main.p").meta
	if err := w.Rename(ctx, TableEntry, name("main.o"), name("main.q"), nil); err != nil {
		t.Fatal(err)
	}
	replaceAll(t, l, "main.q", 3, nil)
	if _, err := l.Reclaim(ctx, time.Now()); err != nil {
		t.Fatal(err)
	}
	now := load(t, l, "main.q")
	wantRows(t, now, At{}, row(3))
	wantRows(t, now, At{SnapshotID: tagged}, row(0))
	candidate, err := l.LoadAt(ctx, name("main.q"), TableEntry, held.Location)
	if err != nil {
		t.Fatal(err)
	}
	got := rowsAt(t, candidate, At{})
	slices.Sort(got)
	if diff := cmp.Diff([]string{row(100), row(1)}, got); diff != "" {
		t.Error(diff)
	}
	if forbidden.Properties()[table.GCEnabledKey] != "false" {
		t.Fatal("the test is wrong")
	}
	v, err := l.PinAt(ctx, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if p, err := v.Load(ctx, name("main.p")); err != nil {
		t.Error(err)
	} else {
		wantRows(t, p, At{}, row(1))
	}
}

// Whatever operation of the store is the last of its process: what is kept can
// be read, and the next attempt leaves nothing.
func TestReclaimingThatEndsAtAnyOperationGoesOn(t *testing.T) {
	db, below := openDB(t), mem.New()
	clean := openLake(t, db, below)
	store, err := fault.New(below)
	if err != nil {
		t.Fatal(err)
	}
	properties := keepOnly(1)
	properties[table.MetadataPreviousVersionsMaxKey] = "1"
	replaceAll(t, clean, "o", 0, properties)
	n := 1
	for reached := true; reached; n++ {
		replaceAll(t, clean, "o", n, nil)
		if err := store.Set(fmt.Sprintf("* . %dth -> crash", n)); err != nil {
			t.Fatal(err)
		}
		_, err := openLake(t, db, store).Reclaim(ctx, time.Now())
		if reached = len(store.Trace()) >= n; !reached && err != nil {
			t.Error(err)
		}
		if err := store.Set(); err != nil {
			t.Fatal(err)
		}
		wantRows(t, load(t, clean, "o"), At{}, row(n))
		if _, err := openLake(t, db, below).Reclaim(ctx, time.Now()); err != nil {
			t.Fatal(err)
		}
		wantOnlyKept(t, clean)
	}
	if n < 10 {
		t.Errorf("reclaiming was ended at %d operations only", n)
	}
}
