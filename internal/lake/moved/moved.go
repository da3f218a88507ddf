// Package moved is for tables whose warehouse is no longer where it was when
// their files were written: Iceberg records absolute locations, in the metadata
// file of a table, in its manifest lists, its manifests and its delete files.
//
// It promises that files are written again under new names, in the folders in
// which they were, and that nothing that was there is touched; that all of them
// but the locations is as before, what this program does not know included; that
// the new names follow from the old ones and the place, so that a second attempt
// goes on from what a first one left; and that a file which cannot be read is
// told, and is no reason to leave the others.
//
// It leaves to others which tables there are, and when the new files count
// (lake). Rows of data files hold no locations, and are not looked at.
package moved

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// Lost is a file of a table that could not be read.
type Lost struct {
	// File is where it should be now.
	File string
	Err  error
}

// Mover writes the files of one table again. It is for one goroutine.
type Mover struct {
	store objstore.Store
	// roots are the forms of the old root and of the new one: other tools write
	// a path where we write a URI.
	roots [][2]string
	done  map[string]string
	// Lost are the files that could not be read, Old the names of those that
	// were written again, and New how many were.
	Lost []Lost
	Old  []string
	New  int
	// live are the snapshots, by table, that the first metadata file names which
	// is moved: what later ones name besides may have expired.
	live map[string]map[string]bool
}

// New returns a mover from the root, as files record it, to that of the store.
func New(store objstore.Store, from string) *Mover {
	m := &Mover{store: store, done: map[string]string{}, live: map[string]map[string]bool{}}
	to := store.URI("")
	m.roots = [][2]string{{from, to}}
	if old, ok := strings.CutPrefix(from, "file://"); ok {
		if now, ok := strings.CutPrefix(to, "file://"); ok {
			m.roots = append(m.roots, [2]string{"file:" + old, "file:" + now}, [2]string{old, now})
		}
	}
	return m
}

// Location returns a location at the old root as one at the new root; others
// stay as they are.
func (m *Mover) Location(s string) string {
	for _, r := range m.roots {
		if rest, ok := strings.CutPrefix(s, r[0]); ok && (rest == "" || rest[0] == '/') {
			return r[1] + rest
		}
	}
	return s
}

// source returns the name in the store of what a location at the old root names.
func (m *Mover) source(location string) (string, bool) {
	now := m.Location(location)
	if now == location {
		return "", false
	}
	return m.store.Name(now)
}

// file moves one file, once: again returns its new content. A file that cannot
// be read is lost, and its location is what it would be.
func (m *Mover) file(ctx context.Context, location string, reuse bool, again func(name string) ([]byte, error)) (string, error) {
	if now, found := m.done[location]; found {
		return now, nil
	}
	name, ours := m.source(location)
	if !ours {
		return location, nil
	}
	m.done[location] = m.Location(location) // what a file that names itself gets
	next := m.nextName(name)
	if _, err := m.store.Stat(ctx, next); reuse && err == nil {
		return m.moved(location, name, next), nil
	}
	content, err := again(name)
	var broken *unreadable
	switch {
	case errors.As(err, &broken):
		m.Lost = append(m.Lost, Lost{m.Location(location), broken.err})
		return m.done[location], nil
	case err != nil:
		return "", err
	}
	switch err := objstore.WriteAll(ctx, m.store, next, content); {
	case err == nil:
		m.New++
	case !errors.Is(err, fs.ErrExist):
		return "", fmt.Errorf("write %s again: %w", name, err)
	}
	return m.moved(location, name, next), nil
}

func (m *Mover) moved(location, name, next string) string {
	m.Old = append(m.Old, name)
	// In the form in which it was recorded, so that texts that have to be equal
	// stay so.
	m.done[location] = strings.TrimSuffix(m.Location(location), name) + next
	return m.done[location]
}

// unreadable is the error of a file that is missing or damaged.
type unreadable struct{ err error }

// Error implements error.
func (e *unreadable) Error() string { return e.err.Error() }

func (m *Mover) read(ctx context.Context, name string) ([]byte, error) {
	data, err := objstore.ReadAll(ctx, m.store, name)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, &unreadable{err}
	}
	return data, nil
}

// numbered is the name of a metadata file, whose number other tools count on.
var numbered = regexp.MustCompile(`^(\d+)-.*\.metadata\.json$`)

// nextName is the name that a file has at the new place.
func (m *Mover) nextName(name string) string {
	folder, base := path.Split(name)
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte(m.store.URI("")+"\n"+name)).String()
	switch match := numbered.FindStringSubmatch(base); {
	case match != nil:
		return folder + match[1] + "-" + id + ".metadata.json"
	case strings.HasSuffix(base, ".json"):
		return folder + "00000-" + id + ".metadata.json"
	}
	return folder + id + path.Ext(base)
}
