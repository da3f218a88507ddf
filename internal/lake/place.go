package lake

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

const (
	dataPathKey     = table.WriteDataPathKey
	metadataPathKey = table.WriteMetadataPathKey
)

// trimmed is a location without what may follow a folder.
func trimmed(location string) string { return strings.TrimRight(location, "/") }

// pathProperties let writers put files elsewhere than below the table's own
// location.
var pathProperties = []string{dataPathKey, metadataPathKey, "write.object-storage.path", "write.folder-storage.path"}

// newPlace returns where a new table lies: a folder that no other ever had, so
// that what is left there is never somebody else's.
func (l *Lake) newPlace(name ident.Table) string {
	return l.store.URI(tableFolder(name) + "~" + uuid.NewString()[:13])
}

// place decides where a table or view lies that asks for a place ("" for none).
func (w *Writer) place(ctx context.Context, name ident.Table, base *Table, wanted string) (string, error) {
	own := ""
	if base != nil {
		own = base.home()
	}
	wanted = strings.TrimRight(wanted, "/")
	switch {
	case wanted == own && own != "":
		return own, nil
	case wanted == "" && own == "":
		return w.lake.newPlace(name), nil
	case wanted == "":
		return own, nil
	}
	folder, inside := w.lake.folder(wanted)
	switch {
	case inside:
		return wanted, w.lake.mustBeFree(ctx, name, "location", folder)
	case !w.AssignPlaces || strings.Contains(wanted, ".."):
		return "", refuse(ErrInvalid, "The location %s is not below the warehouse %s", wanted, w.lake.store.URI(""))
	case own != "":
		return own, nil
	}
	return w.lake.newPlace(name), nil
}

// checkPaths refuses properties that would send writers to places that are not
// the table's.
func (w *Writer) checkPaths(ctx context.Context, name ident.Table, base *Table, properties map[string]string) error {
	var before map[string]string
	if base != nil {
		before = base.Properties()
	}
	for _, key := range pathProperties {
		wanted, set := properties[key]
		if !set || wanted == before[key] {
			continue
		}
		folder, inside := w.lake.folder(strings.TrimRight(wanted, "/"))
		if !inside {
			return refuse(ErrInvalid, "The property %s=%s is not below the warehouse %s", key, wanted, w.lake.store.URI(""))
		}
		if err := w.lake.mustBeFree(ctx, name, "property "+key, folder); err != nil {
			return err
		}
	}
	return nil
}

// home is where the state says that the table or view lies.
func (t *Table) home() string {
	if t.kind == ViewEntry {
		return t.view.Location()
	}
	return t.meta.Location()
}

// folder returns the name in the store behind a location, false where it is
// outside or goes there.
func (l *Lake) folder(location string) (string, bool) {
	name, inside := l.store.Name(location)
	if !inside || path.Clean(name) != name || slices.Contains(strings.Split(name, "/"), "..") {
		return "", false
	}
	return name, true
}

// span is a range of locations: all that lie below one.
type span struct{ from, to string }

// spans are the locations below a folder and a path in it, as they may be
// written: file:/ is what some engines make of file:///.
func (l *Lake) spans(folder, below string) []span {
	at := l.store.URI(folder) + below
	spans := []span{{at + "/", at + "0"}} // "0" comes after "/"
	if short, found := strings.CutPrefix(at, "file://"); found {
		spans = append(spans, span{"file:" + short + "/", "file:" + short + "0"})
	}
	return spans
}

// bytewise names a column so that it is compared byte by byte, as locations and
// ranges of names must be; servers may sort as a language does.
func bytewise(tx metadb.Tx, column string) string {
	if tx.Dialect() == metadb.Postgres {
		return column + ` COLLATE "C"`
	}
	return column
}

// in is the condition that a column is in a span, which its arguments are.
func in(tx metadb.Tx, column string) string {
	c := bytewise(tx, column)
	return c + ` > ? AND ` + c + ` < ?`
}

// mustBeFree refuses a folder that has, or lies in, what is another table's, or
// was: its history is still read.
func (l *Lake) mustBeFree(ctx context.Context, name ident.Table, what, folder string) error {
	return l.db.View(ctx, func(tx metadb.Tx) error { return l.isFree(ctx, tx, name, what, folder) })
}

func (l *Lake) isFree(ctx context.Context, tx metadb.Tx, name ident.Table, what, folder string) error {
	spans := l.spans(folder, "")
	for above := folder; above != "."; above = path.Dir(above) {
		spans = append(spans, l.spans(above, "/metadata")...)
	}
	for _, s := range spans {
		others, err := namesWithin(ctx, tx, name, s)
		if err != nil {
			return err
		}
		if len(others) > 0 {
			// Which one it is may not be for whom this is told.
			return refuse(ErrInvalid, "The %s %s holds files of another table", what, l.store.URI(folder))
		}
	}
	return nil
}

// claims are the folders that a state is the first of its name to take, by what
// takes them. That they are free is asked once more by the transaction that
// lets the state count: two tables may be made around each other.
func (w *Writer) claims(base *Table, next state) map[string]string {
	claims := map[string]string{}
	location, properties := next.place()
	own, before := "", map[string]string{}
	if base != nil {
		own, before = base.home(), base.Properties()
	}
	folder, inside := w.lake.folder(strings.TrimRight(location, "/"))
	if inside && location != own && !ownFolder.MatchString(folder) {
		claims[folder] = "location"
	}
	for _, key := range pathProperties {
		folder, inside := w.lake.folder(strings.TrimRight(properties[key], "/"))
		if wanted, set := properties[key]; set && inside && wanted != before[key] {
			claims[folder] = "property " + key
		}
	}
	return claims
}
