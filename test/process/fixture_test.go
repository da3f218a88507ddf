package process

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// makeFixture writes the fixture of a new format of the lake, under a new name:
// those of before are kept as they are.
var makeFixture = flag.Bool("make-fixture", false, "write the fixture of the lake's format anew")

// fixtureHome is where the fixture's lake was made, and has to be opened: the
// paths inside Iceberg's metadata are absolute.
const fixtureHome = "/tmp/tarn-fixture-1"

const (
	fixtureFile = "testdata/lake-1.tar.gz"
	fixtureRows = "testdata/lake-1.csv"
)

// TestALakeOfAnEarlierVersionOpens: the folder that the first version wrote is
// read, queried, and built upon.
func TestALakeOfAnEarlierVersionOpens(t *testing.T) {
	p := project{t: t, dir: fixtureHome}
	if err := os.RemoveAll(fixtureHome); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(fixtureHome) })
	if *makeFixture {
		writeFixture(t)
		return
	}
	unpack(t, fixtureFile, fixtureHome)
	want, err := os.ReadFile(fixtureRows)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.must("query", "--output", "csv", tables); got != string(want) {
		t.Errorf("the tables differ:\n%s", difference(string(want), got))
	}
	if out := p.must("why", "daily"); !strings.Contains(out, "HELD") {
		t.Errorf("daily was held, but why says\n%s", out)
	}
	if out := p.must("runs"); strings.Count(out, "build") != 2 {
		t.Errorf("there were two builds, but runs says\n%s", out)
	}
	// The record that daily was held for goes, and a file arrives.
	p.write("data/0002.csv", "id,day,amount\n7,2026-01-04,1.00\n")
	p.must("build")
	if got := p.must("query", "--output", "csv", "select sum(amount) as amount from daily"); got != "amount\n38.75\n" {
		t.Errorf("after another build daily holds %s", got)
	}
	p.must("clean")
	nothingOrphaned(t, p)
}

// writeFixture makes a lake with a quarantined record, and a table that is held.
func writeFixture(t *testing.T) {
	p := newProjectIn(t, fixtureHome)
	p.write("data/0001.csv", "id,day,amount\n1,2026-01-01,10.00\n2,2026-01-01,20.50\n3,not a day,1.00\n4,2026-01-03,7.25\n")
	p.must("build")
	p.write("tests/no_bad_day.sql", "select * from {{ ref('daily') }} where amount > 1000")
	p.write("data/0002.csv", "id,day,amount\n5,2026-01-04,5000.00\n")
	if r := p.run(nil, "build"); r.code != 1 {
		t.Fatalf("the second build should hold daily: exit code %d\n%s", r.code, r.err)
	}
	if err := os.WriteFile(fixtureRows, []byte(p.must("query", "--output", "csv", tables)), 0o644); err != nil {
		t.Fatal(err)
	}
	pack(t, fixtureHome, fixtureFile)
}

func pack(t *testing.T, dir, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	err = w.AddFS(os.DirFS(dir))
	if err = errors.Join(err, w.Close(), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, file, dir string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.FileInfo().IsDir() {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = extract(r, path, h.FileInfo().Mode().Perm())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func extract(r io.Reader, path string, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
