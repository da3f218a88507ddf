//go:build engines

package s3

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/s3"
)

// project is a project whose tables are read from a bucket.
type project struct {
	t         *testing.T
	dir, tarn string
	store     *s3.Store
}

func newProject(t *testing.T, tables string) *project {
	t.Helper()
	tarn, err := filepath.Abs(filepath.Join("..", "..", "..", "bin", "tarn"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tarn); err != nil {
		t.Fatal("make build first:", err)
	}
	uri := nextPrefix()
	store, err := s3.New(t.Context(), uri)
	if err != nil {
		t.Fatal(err)
	}
	p := &project{t: t, dir: t.TempDir(), tarn: tarn, store: store}
	for name, text := range map[string]string{
		"dbt_project.yml": "name: shop\n",
		"ingest/raw.yml":  "source: raw\ntables:\n" + strings.ReplaceAll(tables, "BUCKET", uri),
	} {
		path := filepath.Join(p.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *project) put(name string, content []byte) {
	p.t.Helper()
	if err := p.store.Delete(p.t.Context(), name); err != nil {
		p.t.Fatal(err)
	}
	if err := objstore.WriteAll(p.t.Context(), p.store, name, content); err != nil {
		p.t.Fatal(err)
	}
}

// run runs tarn and returns what it printed.
func (p *project) run(args ...string) string {
	p.t.Helper()
	out, err := exec.CommandContext(p.t.Context(), p.tarn, append(args, "--project-dir", p.dir)...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("tarn %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (p *project) want(sql, want string) {
	p.t.Helper()
	if got := p.run("query", sql, "--output", "csv"); got != want {
		p.t.Errorf("%s:\n%swant\n%s", sql, got, want)
	}
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parquetOf is a Parquet file with the column id.
func parquetOf(t *testing.T, ids ...int64) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues(ids, nil)
	record := b.NewRecordBatch()
	defer record.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(record), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTablesAreLoadedFromABucket(t *testing.T) {
	start(t)
	p := newProject(t, `
  orders: {from: file, path: "BUCKET/in/*.csv*"}
  days: {from: file, path: "BUCKET/days/", format: parquet}
`)
	p.put("in/a.csv", []byte("id,name\n1,ada\n2,bob\n"))
	p.put("in/b.csv.gz", gzipped(t, "id,name\n3,eve\n"))
	p.put("in/other.txt", []byte("no"))
	p.put("days/x.parquet", parquetOf(t, 7, 8))
	p.put("days/deep/y.parquet", parquetOf(t, 9))
	p.run("build")
	at := p.store.URI("")
	p.want("select id, name, _tarn_file, _tarn_line from raw.orders order by id",
		"id,name,_tarn_file,_tarn_line\n1,ada,"+at+"/in/a.csv,2\n2,bob,"+at+"/in/a.csv,3\n3,eve,"+at+"/in/b.csv.gz,2\n")
	p.want("select count(*) n, sum(id) s from raw.days", "n,s\n3,24\n")

	if out := p.run("build"); strings.Count(out, "nothing new") != 2 {
		t.Errorf("unchanged objects: %s", out)
	}
	p.put("in/a.csv", []byte("id,name\n1,ada\n2,bob\n4,dan\n"))
	p.put("in/b.csv.gz", gzipped(t, "id,name\n5,flo\n"))
	if out := p.run("build"); !strings.Contains(out, "2 read = 2 written") {
		t.Errorf("one that grew and one that changed: %s", out)
	}
	p.want("select id, name, _tarn_line from raw.orders order by id", "id,name,_tarn_line\n1,ada,2\n2,bob,3\n4,dan,4\n5,flo,2\n")
	p.want("select count(distinct _tarn_load_id) n from raw.orders where id < 4", "n\n1\n")
}
