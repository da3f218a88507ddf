package lake

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/apache/iceberg-go/table"
	"github.com/google/go-cmp/cmp"
)

func TestMetadataAreWrittenAsTheLibraryWritesThem(t *testing.T) {
	for what, schema := range map[string]Schema{"version 2": orders, "version 3": columns(column("id", Long), column("at", TimestampNS))} {
		t.Run(what, func(t *testing.T) {
			l := newLake(t)
			commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: schema, Properties: map[string]string{
				"a": `{"snapshots":[]}`, "history.expire.max-snapshot-age-ms": "0", "history.expire.min-snapshots-to-keep": "3"}}))
			for i := range 6 {
				now := load(t, l, "o")
				if _, found := ownList(now.meta); !found {
					t.Fatal("the library keeps its snapshots otherwise: their texts are no longer kept")
				}
				for range 2 { // without the texts, and with them
					sameText(t, l, now.meta)
				}
				commit(t, l, stage(t, l, "o", Change{Base: now, Op: Append, Summary: map[string]string{"n": fmt.Sprint(i)}}))
			}
		})
	}
}

func TestATextThatIsKeptIsThatOfTheSnapshotAsItIs(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders}, row(1)))
	meta := load(t, l, "o").meta
	sameText(t, l, meta)
	text, err := json.Marshal(meta)
	if err != nil {
		t.Fatal(err)
	}
	var changed map[string]any
	if err := json.Unmarshal(text, &changed); err != nil {
		t.Fatal(err)
	}
	changed["snapshots"].([]any)[0].(map[string]any)["summary"].(map[string]any)["by"] = "somebody else"
	if text, err = json.Marshal(changed); err != nil {
		t.Fatal(err)
	}
	other, err := table.ParseMetadataBytes(text)
	if err != nil {
		t.Fatal(err)
	}
	sameText(t, l, other)
	sameText(t, l, meta)
}

func sameText(t *testing.T, l *Lake, meta table.Metadata) {
	t.Helper()
	want, err := json.Marshal(meta)
	if err != nil {
		t.Fatal(err)
	}
	got, err := l.metadataText(meta)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal(want, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &b); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("(-library +ours):\n%s", diff)
	}
}
