package project

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/ignore"
)

// IngestDir is the folder of the files that say where raw tables come from.
const IngestDir = "ingest"

// IgnoreFile is the name of the file that says which files dbt passes over.
const IgnoreFile = ".dbtignore"

// found is a package's files by what they are, each list sorted, as paths
// relative to the project's folder.
type found struct {
	models, seeds, tests, analyses, snapshots []string
	macros, genericTests, fixtures            []string
	properties, ingest, docs                  []string
}

// findFiles walks the folders of the project and its packages.
func (l *loader) findFiles() {
	l.each(len(l.packs), func(i int, ps *diag.Problems) { l.packs[i].findFiles(ps) })
}

func (k *pack) findFiles(ps *diag.Problems) {
	if text, err := fs.ReadFile(k.fsys, IgnoreFile); err == nil {
		k.ignore = ignore.Parse(string(text))
	}
	in := &k.found
	in.models = k.walk(ps, k.layout.models, ".sql", ".py")
	in.seeds = k.walk(ps, k.layout.seeds, ".csv")
	in.analyses = k.walk(ps, k.layout.analyses, ".sql")
	in.snapshots = k.walk(ps, k.layout.snapshots, ".sql")
	in.macros = k.walk(ps, k.layout.macros, ".sql")
	k.findTests(ps)
	in.properties = k.walk(ps, k.layout.roots(), ".yml", ".yaml")
	docRoots := k.layout.docs
	if docRoots == nil {
		docRoots = k.layout.roots()
	}
	in.docs = k.walk(ps, docRoots, ".md")
	if k.isRoot {
		in.ingest = k.walk(ps, []string{IngestDir}, ".yml", ".yaml")
	}
}

// findTests finds singular tests; tests/generic holds definitions of generic
// tests, which are macros, and tests/fixtures rows for unit tests.
func (k *pack) findTests(ps *diag.Problems) {
	for _, p := range k.walk(ps, k.layout.tests, ".sql", ".csv") {
		switch in := append(folders(k.inner(p), k.layout.tests), ""); {
		case in[0] == "fixtures":
			k.found.fixtures = append(k.found.fixtures, p)
		case path.Ext(p) == ".csv":
		case in[0] == "generic":
			k.found.genericTests = append(k.found.genericTests, p)
		default:
			k.found.tests = append(k.found.tests, p)
		}
	}
}

// readable reports whether there is a file to read: a pipe would wait for ever.
func (k *pack) readable(ps *diag.Problems, p string, mode fs.FileMode) bool {
	if !mode.IsRegular() {
		ps.Add(unreadable(k.shown(p), errors.New("it is no regular file")))
	}
	return mode.IsRegular()
}

// behind is what a link leads to, itself where it is none.
func (k *pack) behind(p string, d fs.DirEntry) fs.FileMode {
	if d.Type()&fs.ModeSymlink != 0 {
		if info, err := fs.Stat(k.fsys, p); err == nil {
			return info.Mode().Type()
		}
		return 0 // reading it tells why not
	}
	return d.Type()
}

// circle reports whether a link leads to a folder that it stands in.
func (k *pack) circle(p string) bool {
	info, err := fs.Stat(k.fsys, p)
	for err == nil && p != "." {
		p = path.Dir(p)
		above, failed := fs.Stat(k.fsys, p)
		if failed == nil && os.SameFile(info, above) {
			return true
		}
		err = failed
	}
	return err != nil
}

// walk returns the files below the folders with one of the endings, sorted. A
// folder that is not there holds none; hidden files and folders, and those of
// .dbtignore, are passed over. Links are followed, but not in circles.
func (k *pack) walk(ps *diag.Problems, roots []string, endings ...string) []string {
	var out []string
	for _, root := range roots {
		err := fs.WalkDir(k.fsys, root, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				if p == root && errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				ps.Add(unreadable(k.shown(p), err))
				if d != nil && d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			hidden := strings.HasPrefix(path.Base(p), ".") && p != root
			mode := k.behind(p, d)
			switch {
			case d.IsDir() && hidden:
				return fs.SkipDir
			case hidden || d.IsDir():
			case mode.IsDir():
				if !k.circle(p) {
					out = append(out, k.walk(ps, []string{p}, endings...)...)
				}
			case slices.Contains(endings, path.Ext(p)) && !k.ignore.Ignores(p) && k.readable(ps, p, mode):
				out = append(out, k.shown(p))
			}
			return nil
		})
		if err != nil {
			ps.Add(unreadable(k.shown(root), err))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
