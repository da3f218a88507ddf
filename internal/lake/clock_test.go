package lake

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// A clock that was set back changes nothing in the order of what happened: the
// last commit is the last one, and so is its snapshot.
func TestTimeDoesNotRunBackWhenTheClockDoes(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	// What was committed before was committed by a clock that was ahead.
	ahead := time.Now().Add(time.Hour).UTC()
	base := load(t, l, "o")
	data, err := l.readMetadata(ctx, base.Location())
	if err != nil {
		t.Fatal(err)
	}
	then, now := strconv.FormatInt(base.meta.LastUpdatedMillis(), 10), strconv.FormatInt(ahead.UnixMilli(), 10)
	location := "main/o/metadata/00001-" + newName() + ".metadata.json"
	if err := objstore.WriteAll(ctx, l.store, location, []byte(strings.ReplaceAll(string(data), then, now))); err != nil {
		t.Fatal(err)
	}
	if err := l.db.Update(ctx, func(tx metadb.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE iceberg_tables SET metadata_location = ?`, l.store.URI(location)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE tarn_pointer SET location = ?, committed_at = ?`, l.store.URI(location), ahead.UnixMicro())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	commit(t, l, stage(t, l, "o", Change{Base: load(t, l, "o"), Op: Append}, row(2)))
	table := load(t, l, "o")
	if s := table.Snapshots(); len(s) != 2 || s[1].Time.Before(s[0].Time) || s[0].Time.Before(ahead.Truncate(time.Millisecond)) || table.Current().ID != s[1].ID {
		t.Errorf("the snapshots are %+v", s)
	}
	times, err := l.Published(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if at := times[table.Location()]; at.Before(ahead.Truncate(time.Microsecond)) {
		t.Errorf("the later commit is of %s, the earlier one of %s", at, ahead)
	}
	view, err := l.PinAt(ctx, ahead.Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	seen, err := view.Load(ctx, name("o"))
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, seen, At{}, row(1), row(2))
}
