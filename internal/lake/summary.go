package lake

import (
	"maps"
	"strconv"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
)

// tally counts the files that a snapshot adds or removes.
type tally struct {
	files, records, bytes int64
	deleteFiles           int64
	positions, equalities int64
}

func (t *tally) add(df iceberg.DataFile) {
	t.bytes += df.FileSizeBytes()
	switch df.ContentType() {
	case iceberg.EntryContentData:
		t.files++
		t.records += df.Count()
	case iceberg.EntryContentPosDeletes:
		t.deleteFiles++
		t.positions += df.Count()
	case iceberg.EntryContentEqDeletes:
		t.deleteFiles++
		t.equalities += df.Count()
	}
}

// summary returns what the snapshot says of itself, in the words of the format.
func (b *tableBuild) summary(hasParent bool, previous map[string]string) *table.Summary {
	op := table.OpOverwrite
	switch {
	case b.op() == Append, !hasParent:
		op = table.OpAppend
	case b.op() == Overwrite && b.added.files == 0:
		op = table.OpDelete
	}
	p := iceberg.Properties{}
	maps.Copy(p, b.change.Summary)
	for _, m := range metrics {
		added, removed := m.of(&b.added), m.of(&b.removed)
		delete(p, m.total)
		setCount(p, m.added, added)
		setCount(p, m.removed, removed)
		before, known := int64(0), true
		if hasParent {
			before, known = count(previous, m.total)
		}
		if known {
			p[m.total] = strconv.FormatInt(before+added-removed, 10)
		}
	}
	return &table.Summary{Operation: op, Properties: p}
}

// metrics are what the format has names for.
var metrics = []struct {
	added, removed, total string
	of                    func(*tally) int64
}{
	{"added-data-files", "deleted-data-files", "total-data-files", func(t *tally) int64 { return t.files }},
	{"added-records", "deleted-records", "total-records", func(t *tally) int64 { return t.records }},
	{"added-files-size", "removed-files-size", "total-files-size", func(t *tally) int64 { return t.bytes }},
	{"added-delete-files", "removed-delete-files", "total-delete-files", func(t *tally) int64 { return t.deleteFiles }},
	{"added-position-deletes", "removed-position-deletes", "total-position-deletes", func(t *tally) int64 { return t.positions }},
	{"added-equality-deletes", "removed-equality-deletes", "total-equality-deletes", func(t *tally) int64 { return t.equalities }},
}

func setCount(p iceberg.Properties, key string, n int64) {
	delete(p, key)
	if n > 0 {
		p[key] = strconv.FormatInt(n, 10)
	}
}

func count(p map[string]string, key string) (int64, bool) {
	n, err := strconv.ParseInt(p[key], 10, 64)
	return n, err == nil
}
