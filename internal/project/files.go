package project

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

// IngestDir is the folder of the files that say where raw tables come from.
const IngestDir = "ingest"

// found is the project's files by what they are, each list sorted.
type found struct {
	models, seeds, tests, analyses []string
	properties, ingest, docs       []string
}

// findFiles walks the folders of the project.
func (l *loader) findFiles() {
	in := &l.found
	for _, root := range l.layout.models {
		in.models = append(in.models, l.walk(root, ".sql")...)
		for _, script := range l.walk(root, ".py") {
			l.problems.Errorf("not-there-yet", diag.Place{File: script}, "Python models are not there yet")
		}
	}
	for _, root := range l.layout.seeds {
		in.seeds = append(in.seeds, l.walk(root, ".csv")...)
	}
	for _, root := range l.layout.analyses {
		in.analyses = append(in.analyses, l.walk(root, ".sql")...)
	}
	l.findTests()
	for _, root := range l.layout.roots() {
		in.properties = append(in.properties, l.walk(root, ".yml", ".yaml")...)
	}
	docRoots := l.layout.docs
	if docRoots == nil {
		docRoots = l.layout.roots()
	}
	for _, root := range docRoots {
		in.docs = append(in.docs, l.walk(root, ".md")...)
	}
	in.ingest = l.walk(IngestDir, ".yml", ".yaml")
	for _, list := range []*[]string{&in.models, &in.seeds, &in.tests, &in.analyses, &in.properties, &in.docs} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	l.findLater()
}

// findTests finds singular tests; tests/generic/ holds definitions of generic
// tests, which are macros.
func (l *loader) findTests() {
	for _, root := range l.layout.tests {
		for _, p := range l.walk(root, ".sql") {
			if strings.HasPrefix(p, root+"/generic/") {
				l.problems.Warnf("not-there-yet", diag.Place{File: p}, "definitions of generic tests are not there yet: the file is left out")
				continue
			}
			l.found.tests = append(l.found.tests, p)
		}
	}
}

// findLater names the files whose kind is not there yet.
func (l *loader) findLater() {
	for _, root := range l.layout.snapshots {
		for _, p := range l.walk(root, ".sql") {
			l.problems.Warnf("not-there-yet", diag.Place{File: p}, "snapshots are not there yet: the file is left out")
		}
	}
	for _, root := range l.layout.macros {
		for _, p := range l.walk(root, ".sql") {
			l.problems.Warnf("not-there-yet", diag.Place{File: p}, "macros are not there yet: the file is left out")
		}
	}
	for _, p := range []string{"packages.yml", "dependencies.yml"} {
		if _, err := fs.Stat(l.fsys, p); err == nil {
			l.problems.Warnf("not-there-yet", diag.Place{File: p}, "packages are not there yet: the file is left out")
		}
	}
}

// walk returns the files below root with one of the endings. A folder that is
// not there holds none; hidden files and folders are passed over.
func (l *loader) walk(root string, endings ...string) []string {
	var out []string
	err := fs.WalkDir(l.fsys, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if p == root && errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			l.problems.Add(unreadable(p, err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		hidden := strings.HasPrefix(path.Base(p), ".") && p != root
		switch {
		case d.IsDir() && hidden:
			return fs.SkipDir
		case !d.IsDir() && !hidden && slices.Contains(endings, path.Ext(p)):
			out = append(out, p)
		}
		return nil
	})
	if err != nil {
		l.problems.Add(unreadable(root, err))
	}
	return out
}
