package lake

import (
	"bytes"
	"context"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// unwritten is a store together with objects that it is about to get.
type unwritten struct {
	objstore.Store
	contents map[string][]byte
}

// Open implements [objstore.Store].
func (u *unwritten) Open(ctx context.Context, name string) (objstore.File, error) {
	if data, found := u.contents[name]; found {
		return unwrittenFile{bytes.NewReader(data)}, nil
	}
	return u.Store.Open(ctx, name)
}

type unwrittenFile struct{ *bytes.Reader }

// Close implements [objstore.File].
func (unwrittenFile) Close() error { return nil }
