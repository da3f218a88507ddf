//go:build engines

package interop

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

var keep = flag.String("keep", "", "keep what the engines read in this folder")

// packages are the engines; of Spark the classes are below.
const packages = "pyspark==3.5.9\npyiceberg[pyarrow,sql-sqlite,pyiceberg-core]==0.12.0\nduckdb==1.5.5\n" +
	"duckdb-extension-avro==1.5.5\nduckdb-extension-iceberg==1.5.5\n"

var jars = []string{"org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.1", "org.xerial:sqlite-jdbc:3.49.1.0"}

// refusals are the tables that an engine does not read, and a word of what it
// says. Everything else it must read as Tarn does.
var refusals = map[string]map[string]string{
	"spark":     {"py.times": "time fields", "tarn.uuids": "time fields", "tarn.nanos": "timestamp_ns"},
	"pyiceberg": {"spark.equality": "equality deletes"},
}

// asPyIceberg writes NULL as PyIceberg 0.12 reads it in lists and maps of
// structs: as an empty one.
var asPyIceberg = strings.NewReplacer("['l', None]", "['l', []]", "['m', None]", "['m', []]")

// office is a project with the engines that share its lake.
type office struct {
	tarn, python, jars, project string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{tarn: lab.Tarn(t), python: lab.Python(t, packages), project: filepath.Join(t.TempDir(), "project")}
	var files []string
	for _, jar := range jars {
		files = append(files, lab.Maven(t, jar))
	}
	o.jars = strings.Join(files, ",")
	if err := os.CopyFS(o.project, os.DirFS(filepath.Join("testdata", "project"))); err != nil {
		t.Fatal(err)
	}
	return o
}

// engine lets one of the other engines work; the last argument is the folder
// for what it reads.
func (o *office) engine(t *testing.T, args ...string) {
	t.Helper()
	if err := os.MkdirAll(args[len(args)-1], 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), o.python, append([]string{filepath.Join("testdata", "engines.py")}, args...)...)
	cmd.Env = append(os.Environ(), "JARS="+o.jars, "SPARK_LOCAL_IP=127.0.0.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// read writes every table as Tarn reads it.
func (o *office) read(t *testing.T, folder string) {
	t.Helper()
	list := o.query(t, "SELECT namespace || '.' || table_name AS name FROM system.tables WHERE kind = 'table'", "csv")
	parquet := t.TempDir()
	for _, name := range strings.Fields(list)[1:] {
		if err := os.WriteFile(filepath.Join(parquet, name+".parquet"), []byte(o.query(t, "SELECT * FROM "+name, "parquet")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o.engine(t, "parquet", "read", parquet, folder)
}

func (o *office) query(t *testing.T, sql, output string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), o.tarn, "query", "--project-dir", o.project, sql, "--output", output)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return string(out)
}

func TestEnginesReadTheSameRowsOfWhatEachOfThemWrote(t *testing.T) {
	o := newOffice(t)
	out := *keep
	if out == "" {
		out = t.TempDir()
	}
	first, second := filepath.Join(out, "first"), filepath.Join(out, "second")
	build := func(selection ...string) {
		t.Helper()
		lab.Run(t, o.tarn, append([]string{"build", "--project-dir", o.project, "--select"}, selection...)...)
	}
	build("path:models/tarn")
	o.engine(t, "pyiceberg", "make", o.project, filepath.Join(t.TempDir(), "early"))
	o.engine(t, "spark", "make", o.project, filepath.Join("testdata", "spark.sql"), filepath.Join(first, "spark"))
	o.compare(t, first, "pyiceberg", "duckdb")
	// Now Tarn changes what the others made, with rows marked as deleted.
	build("path:models/changes")
	o.engine(t, "spark", "read", o.project, filepath.Join(second, "spark"))
	o.compare(t, second, "pyiceberg", "duckdb")
}

// compare lets Tarn and the others named read every table, and compares with
// them and with Spark, which has read already.
func (o *office) compare(t *testing.T, folder string, others ...string) {
	t.Helper()
	o.read(t, filepath.Join(folder, "tarn"))
	for _, other := range others {
		o.engine(t, other, "read", o.project, filepath.Join(folder, other))
	}
	tables, err := filepath.Glob(filepath.Join(folder, "tarn", "*"))
	if err != nil || len(tables) < 15 {
		t.Fatal(tables, err)
	}
	for _, path := range tables {
		table := filepath.Base(path)
		for _, other := range append([]string{"spark"}, others...) {
			want, got := text(t, path), text(t, filepath.Join(folder, other, table))
			if refusal, expected := refusals[other][table]; expected {
				if !strings.HasPrefix(got, "refused: ") || !strings.Contains(got, refusal) {
					t.Errorf("%s of %s: %q instead of a refusal with %q", table, other, got, refusal)
				}
				continue
			}
			if other == "pyiceberg" {
				want, got = asPyIceberg.Replace(want), asPyIceberg.Replace(got)
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s: %s reads (+) other rows than Tarn (-):\n%s", table, other, diff)
			}
		}
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
