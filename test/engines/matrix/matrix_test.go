//go:build engines

package matrix

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var keep = flag.String("keep", "", "keep what the engines wrote and read in this folder")

// bench is the engines at work.
type bench struct {
	engines    []engine
	operations []operation
	folder     string
	refused    map[string]string // by table, what its writer said
	report     report
}

func TestEveryEngineReadsWhatEveryEngineWrites(t *testing.T) {
	l := newLake(t)
	b := &bench{folder: *keep, operations: operations(t), refused: map[string]string{}, engines: []engine{
		python{l, "pyiceberg", "-"},
		python{l, "duckdb", filepath.Join("testdata", "duckdb.sql")},
		tarn{l},
		python{l, "spark", filepath.Join("testdata", "spark.sql")},
		python{trino(t, l), "trino", filepath.Join("testdata", "trino.sql")},
	}}
	if b.folder == "" {
		b.folder = t.TempDir()
	}
	tables := b.write(t)
	for _, e := range b.engines {
		b.report.readers = append(b.report.readers, e.name())
		e.read(t, tables, b.made(t, e.name(), "read"))
	}
	b.compare(t)
	t.Logf("\n%s", &b.report)
}

// made makes a folder for what an engine leaves.
func (b *bench) made(t *testing.T, engine, action string) string {
	t.Helper()
	folder := filepath.Join(b.folder, engine, action)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// write lets every engine do every operation, and returns the tables that are
// there then.
func (b *bench) write(t *testing.T) (tables []string) {
	t.Helper()
	for _, e := range b.engines {
		folder := b.made(t, e.name(), "write")
		e.write(t, folder)
		for _, o := range b.operations {
			table := e.name() + "." + o.name
			said := strings.TrimSpace(outcome(t, folder, o.name))
			want, expected := cannotWrite[e.name()][o.name]
			switch {
			case said == "" && expected:
				t.Errorf("%s writes, which it could not: take it out of cannotWrite", table)
				tables = append(tables, table)
			case said == "":
				tables = append(tables, table)
			case !expected || !strings.Contains(said, want.says):
				t.Errorf("%s is not written: %s", table, said)
				b.refused[table] = said
			default:
				b.refused[table] = want.reason
			}
		}
	}
	return tables
}

// compare holds what each engine read against what it should have.
func (b *bench) compare(t *testing.T) {
	t.Helper()
	for _, o := range b.operations {
		for _, writer := range b.engines {
			table := writer.name() + "." + o.name
			if reason, refused := b.refused[table]; refused {
				b.report.add(o.name, writer.name(), b.report.because("cannot write", reason))
				continue
			}
			var cells []string
			for _, reader := range b.engines {
				cells = append(cells, b.cell(t, o, table, reader))
			}
			b.report.add(o.name, writer.name(), cells...)
		}
	}
}

// cell compares what one engine read of one table.
func (b *bench) cell(t *testing.T, o operation, table string, reader engine) string {
	t.Helper()
	got := outcome(t, filepath.Join(b.folder, reader.name(), "read"), table)
	why, expected := cannotRead[reader.name()][o.name]
	if !expected {
		why, expected = cannotRead[reader.name()][table]
	}
	if expected {
		if !strings.HasPrefix(got, "refused: ") || !strings.Contains(got, why.says) {
			t.Errorf("%s read %s, which it could not:\n%s", reader.name(), table, got)
		}
		return b.report.because("cannot", why.reason)
	}
	want, cell := o.rows, "ok"
	writer, _, _ := strings.Cut(table, ".")
	for _, s := range []spelling{spelledByWriter[writer][o.name], spelledByReader[reader.name()][o.name]} {
		if s.Replacer != nil {
			want, cell = s.Replace(want), b.report.because("ok", s.reason)
		}
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s reads (+) other rows of %s than are there (-):\n%s", reader.name(), table, diff)
		return "WRONG"
	}
	return cell
}
