// Package backup is for copies of a lake, and for lakes made of copies.
//
//	TARGET/
//	  <time>/        one backup: catalog.db, state.db, and backup.json, which
//	                 comes last and makes it one
//	  warehouse/     the files of tables, of all backups that have them
//
// It promises that both databases are of one moment each, the journal's not
// after the catalog's, while others go on writing; that every file which the
// copied catalog names was looked for, and what is missing is told by table; that
// a backup which was broken off is none, and the next one goes on with the files
// that it copied; that a restore replaces no database that nobody told it to,
// and that one which was broken off is done by the next.
//
// It leaves to others where the lake is, and that nobody writes to one that is
// being restored (app).
package backup

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// format is that of backup.json and of what lies beside it.
const format = 1

// The names in a backup.
const (
	manifestName  = "backup.json"
	catalogName   = "catalog.db"
	stateName     = "state.db"
	warehouseName = "warehouse"
	// unfinishedMark ends the names of what is not whole yet.
	unfinishedMark = ".unfinished"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format int `json:"format"`
	// ID is the backup's folder.
	ID      string    `json:"id"`
	MadeAt  time.Time `json:"made_at"`
	Program string    `json:"program"`
	// Warehouse is where the tables say that they are.
	Warehouse string `json:"warehouse"`
	// WithData: the files of the tables are in the backup.
	WithData bool  `json:"with_data"`
	Tables   int   `json:"tables"`
	Files    int   `json:"files"`
	Bytes    int64 `json:"bytes"`
	// Missing are the files that tables name and that were not there.
	Missing []Missing `json:"missing,omitempty"`
}

// Missing is a file that a table names and that is not there as it should be.
type Missing struct {
	Table ident.Table `json:"table"`
	File  string      `json:"file"`
	Why   string      `json:"why"`
	// Current: readers see the state that needs it.
	Current bool `json:"current"`
}

// Problem tells of a missing file; it is a warning where only the past needs it.
func (m Missing) Problem() *diag.Problem {
	state := "the state that readers see"
	severity := diag.Error
	if !m.Current {
		state, severity = "an earlier or a held state", diag.Warning
	}
	p := diag.New("missing-file", diag.Place{}, "%s: %s needs %s, %s", m.Table, state, m.File, m.Why)
	p.Severity = severity
	return p
}

// Open finds the backup at a path: a backup, or the newest in a folder of them.
// It returns its folder.
func Open(path string) (Manifest, string, error) {
	if m, err := read(path); !errors.Is(err, fs.ErrNotExist) {
		return m, path, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return Manifest{}, "", diag.New("no-backup", diag.Place{}, "%s cannot be read: %v", path, err).WithCause(err)
	}
	var newest Manifest
	folder := ""
	for _, e := range entries {
		if !e.IsDir() || e.Name() == warehouseName || strings.HasSuffix(e.Name(), unfinishedMark) {
			continue
		}
		dir := filepath.Join(path, e.Name())
		m, err := read(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return m, "", err
		case m.MadeAt.After(newest.MadeAt):
			newest, folder = m, dir
		}
	}
	if folder != "" {
		return newest, folder, nil
	}
	return Manifest{}, "", diag.New("no-backup", diag.Place{}, "there is no backup in %s", path).
		WithHint("tarn backup %s makes one; one that was broken off is none", path)
}

func read(dir string) (m Manifest, err error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, diag.New("bad-backup", diag.Place{}, "%s cannot be read: %v", filepath.Join(dir, manifestName), err).WithCause(err)
	}
	if m.Format > format {
		return m, diag.New("bad-backup", diag.Place{}, "the backup %s has the format %d, and this program knows %d", dir, m.Format, format).
			WithHint("use the program that made it: %s", m.Program)
	}
	return m, nil
}

// writeFile puts a file where it is whole or absent.
func writeFile(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
