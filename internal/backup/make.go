package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/local"
)

// Source is the lake that is backed up.
type Source struct {
	Catalog, State *metadb.DB
	Owners         Owners
	Warehouse      objstore.Store
	Program        string
}

// Owners speak for those who keep tables in the databases.
type Owners struct{ Catalog, State Owner }

// Owner speaks for all who keep tables in one database.
type Owner struct {
	// Migrate makes their tables.
	Migrate metadb.Migration
	// Used reports whether anything was done yet with the tables.
	Used func(context.Context, *metadb.DB) (bool, error)
}

// Make backs a lake up below target, with the files of its tables or without.
// What is missing is in the manifest, and is no error: a backup of a broken lake
// is better than none.
func Make(ctx context.Context, s Source, target string, withData bool, progress func(done, of int64)) (m Manifest, err error) {
	m = Manifest{Format: format, MadeAt: time.Now().UTC(), Program: s.Program, Warehouse: s.Warehouse.URI(""), WithData: withData}
	m.ID = m.MadeAt.Format("20060102-150405.000000")
	if err := os.MkdirAll(target, 0o755); err != nil {
		return m, fmt.Errorf("make the backup's folder: %w", err)
	}
	if err := removeUnfinished(target); err != nil {
		return m, fmt.Errorf("remove a backup that was broken off: %w", err)
	}
	making := filepath.Join(target, m.ID+unfinishedMark)
	if err := os.Mkdir(making, 0o755); err != nil {
		return m, fmt.Errorf("make the backup's folder: %w", err)
	}
	// The journal first: what it knows of is then in the catalog's copy.
	if err := s.State.CopyTo(ctx, filepath.Join(making, stateName), s.Owners.State.Migrate); err != nil {
		return m, fmt.Errorf("copy the journal: %w", err)
	}
	if err := s.Catalog.CopyTo(ctx, filepath.Join(making, catalogName), s.Owners.Catalog.Migrate); err != nil {
		return m, fmt.Errorf("copy the catalog: %w", err)
	}
	failpoint.Hit("backup.databases-copied")
	var to objstore.Store
	if withData {
		if to, err = local.New(filepath.Join(target, warehouseName)); err != nil {
			return m, err
		}
	}
	files, err := m.survey(ctx, filepath.Join(making, catalogName), s.Warehouse)
	if err != nil {
		return m, err
	}
	if to != nil {
		if m.Missing, err = copyFiles(ctx, s.Warehouse, to, files, m.Missing, progress); err != nil {
			return m, err
		}
	}
	failpoint.Hit("backup.files-copied")
	return m, m.finish(making, filepath.Join(target, m.ID))
}

// finish makes the backup one.
func (m *Manifest) finish(making, dir string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = writeFile(filepath.Join(making, manifestName), append(text, '\n'))
	}
	if err == nil {
		err = os.Rename(making, dir)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(dir))
	}
	if err != nil {
		return fmt.Errorf("finish the backup: %w", err)
	}
	return nil
}

// removeUnfinished removes what backups left that were broken off; the files of
// tables that they copied stay, for this one.
func removeUnfinished(target string) error {
	entries, err := os.ReadDir(target)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), unfinishedMark) {
			if err := os.RemoveAll(filepath.Join(target, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// survey looks for every file that a copied catalog names in a warehouse, and
// counts them. It returns those that are there.
func (m *Manifest) survey(ctx context.Context, catalog string, warehouse objstore.Store) (files []lake.Needed, err error) {
	db, err := metadb.Open(ctx, catalog)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	m.Missing, m.Files, m.Bytes = nil, 0, 0
	tables := map[string]bool{}
	for n, err := range lake.Reach(ctx, lake.Options{DB: db, Store: warehouse}) {
		if err != nil {
			return nil, fmt.Errorf("look for the files of the tables: %w", err)
		}
		tables[n.Table.Key()] = true
		size, why := look(ctx, warehouse, n)
		if why != "" {
			m.Missing = append(m.Missing, Missing{n.Table, n.URI, why, n.Current})
			if size < 0 {
				continue
			}
			n.Err = errors.New(why)
		}
		n.Size = size
		m.Files++
		m.Bytes += size
		files = append(files, n)
	}
	m.Tables = len(tables)
	return files, nil
}

// look says what is wrong with a file, and how large it is; -1 is nothing there.
func look(ctx context.Context, warehouse objstore.Store, n lake.Needed) (size int64, why string) {
	if n.Name == "" {
		return -1, "which lies outside of the warehouse"
	}
	info, err := warehouse.Stat(ctx, n.Name)
	switch {
	case err != nil:
		return -1, fmt.Sprintf("which is not there: %v", err)
	case n.Err != nil:
		return info.Size, fmt.Sprintf("which cannot be read: %v", n.Err)
	case n.Size >= 0 && n.Size != info.Size:
		return info.Size, fmt.Sprintf("which has %d bytes, and should have %d", info.Size, n.Size)
	}
	return info.Size, ""
}
