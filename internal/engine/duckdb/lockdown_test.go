//go:build duckdb_arrow

package duckdb_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/engine"
)

// tree makes a directory with one readable and one forbidden file.
func tree(t *testing.T) (allowed, forbidden string) {
	t.Helper()
	dir := t.TempDir()
	allowed, forbidden = filepath.Join(dir, "lake"), filepath.Join(dir, "lake-secret")
	for _, d := range []string{allowed, forbidden, filepath.Join(dir, "spill")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "a.csv"), []byte("secret\nhello\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return allowed, forbidden
}

func TestReaderReadsBelowItsDirectoriesOnly(t *testing.T) {
	allowed, forbidden := tree(t)
	link := filepath.Join(allowed, "b.txt")
	if err := os.Symlink(filepath.Join(forbidden, "a.csv"), link); err != nil {
		t.Fatal(err)
	}
	s := open(t, engine.Options{AllowedDirs: []string{allowed}, Threads: 1, MemoryLimit: 256 << 20})
	if got, err := rows(t, s, "FROM read_csv('"+allowed+"/*.csv')"); err != nil || got[0] != "hello" {
		t.Errorf("an allowed file: %v %v", got, err)
	}
	for _, sql := range []string{
		"FROM read_csv('" + forbidden + "/a.csv')",
		"FROM '" + forbidden + "/a.csv'",
		"FROM read_csv('" + allowed + "/../lake-secret/a.csv')",
		"FROM read_text('" + link + "')",
		"FROM glob('" + forbidden + "/*')",
		"FROM read_blob('/etc/passwd')",
		"FROM read_csv('http://127.0.0.1:1/x.csv')",
		"FROM read_text('/proc/self/environ')",
		"COPY (SELECT 1) TO '" + forbidden + "/new.csv'",
		"ATTACH '" + forbidden + "/new.db'",
		"INSTALL httpfs", "LOAD httpfs",
		"SET enable_external_access = true",
		"RESET enable_external_access",
		"SET lock_configuration = false",
		"SET GLOBAL allowed_directories = ['/']",
		"SET allowed_paths = ['/etc/passwd']",
		"SET allowed_configs = ['lock_configuration']",
		"SET memory_limit = '100GB'",
		"SET temp_directory = '/'",
		"SET TimeZone = 'Asia/Tokyo'",
		"EXPORT DATABASE '" + forbidden + "/x'",
		"IMPORT DATABASE '" + forbidden + "'",
		"PRAGMA enable_logging",
		"CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
	} {
		if _, err := s.Exec(t.Context(), sql); err == nil {
			t.Errorf("a reader ran %s", sql)
		}
	}
	for _, name := range []string{"new.csv", "new.db", "x"} {
		if _, err := os.Stat(filepath.Join(forbidden, name)); err == nil {
			t.Errorf("a reader wrote %s", name)
		}
	}
}

func TestReaderWithoutDirectoriesReadsNoFile(t *testing.T) {
	allowed, _ := tree(t)
	s := open(t, engine.Options{})
	if _, err := s.Exec(t.Context(), "FROM read_csv('"+allowed+"/a.csv')"); err == nil {
		t.Error("it read a file")
	}
}

func TestReaderHasNoNetwork(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	contacted := make(chan struct{})
	go func() {
		defer close(contacted)
		if c, err := l.Accept(); err == nil {
			t.Error("the engine connected")
			_ = c.Close()
		}
	}()
	s := open(t, engine.Options{})
	for _, sql := range []string{"FROM 'http://" + l.Addr().String() + "/x.csv'", "FROM read_parquet('s3://" + l.Addr().String() + "/x')"} {
		if _, err := s.Exec(t.Context(), sql); err == nil {
			t.Errorf("ran %s", sql)
		}
	}
	_ = l.Close()
	<-contacted
}

func TestWriterWritesFilesAndReaderReadsThem(t *testing.T) {
	dir := t.TempDir()
	w := open(t, engine.Options{Class: engine.Writer})
	if n := exec(t, w, "COPY (FROM range(1000)) TO '"+dir+"/a.parquet'"); n != 1000 {
		t.Errorf("COPY wrote %d rows", n)
	}
	r := open(t, engine.Options{AllowedDirs: []string{dir + "/"}})
	if got, err := rows(t, r, "SELECT count(*) FROM read_parquet('"+dir+"/a.parquet')"); err != nil || got[0] != "1000" {
		t.Errorf("%v %v", got, err)
	}
}

func TestSpillingKeepsTheMemoryLimit(t *testing.T) {
	spill := t.TempDir()
	sort := "SELECT count(*) FROM (SELECT range, repeat('x', 50) || range AS p FROM range(2000000) ORDER BY p DESC LIMIT 1900000)"
	s := open(t, engine.Options{MemoryLimit: 100 << 20, Threads: 2, SpillDir: spill})
	if got, err := rows(t, s, sort); err != nil || got[0] != "1900000" {
		t.Errorf("with a spill directory: %v %v", got, err)
	}
	s = open(t, engine.Options{MemoryLimit: 100 << 20, Threads: 2})
	if _, err := s.Exec(context.Background(), sort); err == nil || !strings.Contains(err.Error(), "Out of Memory") {
		t.Errorf("without one: %v", err)
	}
}
