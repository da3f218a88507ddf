package backup

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// relocated is a store whose objects say that they are somewhere else.
type relocated struct {
	objstore.Store
	at string
}

// URI implements [objstore.Store].
func (r relocated) URI(name string) string { return strings.TrimSuffix(r.at+"/"+name, "/") }

// Name implements [objstore.Store], for the forms in which tools write paths.
func (r relocated) Name(uri string) (string, bool) {
	path := strings.TrimPrefix(r.at, "file://")
	for _, root := range []string{r.at, "file:" + path, path} {
		if name, found := strings.CutPrefix(uri, root+"/"); found {
			return name, objstore.CheckName(name) == nil
		}
	}
	return "", false
}
