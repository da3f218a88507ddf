package lake

import "testing"

// The library plans a file of several row groups as several tasks once it is
// larger than this property says (128 MB by default).
func TestALargeFileIsReadOnce(t *testing.T) {
	l := newLake(t)
	commit(t, l, stage(t, l, "orders", Change{
		Op: Append, Schema: orders, Properties: map[string]string{"read.split.target-size": "1"},
	}, row(1)+"\n---\n"+row(2)+"\n---\n"+row(3)))
	table := load(t, l, "orders")
	wantRows(t, table, At{}, row(1), row(2), row(3))
	files, err := table.Files(ctx, At{}, []Predicate{{"id", ">=", []any{int64(3)}}})
	if err != nil || len(files) != 1 || files[0].Records != 3 {
		t.Errorf("the files with id >= 3 are %+v, %v; want the one file, whole", files, err)
	}
}
