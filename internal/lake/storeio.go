package lake

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	iceio "github.com/apache/iceberg-go/io"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// storeIO lets iceberg-go read the store. It never writes: what goes into the
// store is written by this package. iceberg-go's interface has no context, so
// one is bound to each storeIO for as long as a call lasts.
type storeIO struct {
	ctx   context.Context
	store objstore.Store
}

// Open implements [iceio.IO].
func (s storeIO) Open(uri string) (iceio.File, error) {
	name, found := s.store.Name(uri)
	if !found {
		return nil, &fs.PathError{Op: "open", Path: uri, Err: errOutside(s.store)}
	}
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	f, err := s.store.Open(s.ctx, name)
	if err != nil {
		return nil, err
	}
	return storeFile{f, name}, nil
}

// Remove implements [iceio.IO].
func (s storeIO) Remove(uri string) error {
	return &fs.PathError{Op: "remove", Path: uri, Err: fs.ErrPermission}
}

func errOutside(s objstore.Store) error {
	return fmt.Errorf("lies outside the warehouse %s: %w", s.URI(""), fs.ErrNotExist)
}

type storeFile struct {
	objstore.File
	name string
}

// Stat implements [fs.File].
func (f storeFile) Stat() (fs.FileInfo, error) { return storeFileInfo{f}, nil }

type storeFileInfo struct{ f storeFile }

func (i storeFileInfo) Name() string       { return i.f.name }
func (i storeFileInfo) Size() int64        { return i.f.Size() }
func (i storeFileInfo) Mode() fs.FileMode  { return 0o444 }
func (i storeFileInfo) ModTime() time.Time { return time.Time{} }
func (i storeFileInfo) IsDir() bool        { return false }
func (i storeFileInfo) Sys() any           { return nil }
