package lake

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// present is the state of the catalog that a look found.
type present struct {
	view *View
	// seen is what the look saw, as the database tells it: the number of the last
	// change of a file, a snapshot of a server.
	seen string
}

// seenNow asks what a transaction sees.
var seenNow = map[metadb.Dialect]string{
	metadb.SQLite:   `SELECT coalesce(max(number), 0) FROM tarn_changed_name`,
	metadb.Postgres: `SELECT pg_current_snapshot()::text`,
}

// changedSince asks for the names that have changed since something was seen, as
// they are now, and for what is seen now. Over a server there is a row at least,
// and names may come again that changed while a transaction was open that is
// open still.
var changedSince = map[metadb.Dialect]string{
	metadb.SQLite: `SELECT c.number, ` + changedColumns + ` FROM tarn_changed_name c LEFT JOIN iceberg_tables t ON ` + changedState + `
		LEFT JOIN tarn_tag g ON ` + changedTags + ` WHERE c.number > CAST(? AS INTEGER) ORDER BY c.number`,
	// The offset keeps the tables out of the planner's choice of joins: each is
	// found by its key.
	metadb.Postgres: `SELECT pg_current_snapshot()::text, ` + changedColumns + ` FROM (SELECT CAST(? AS pg_snapshot) AS snapshot) seen
		LEFT JOIN tarn_changed_name c ON c.transaction >= pg_snapshot_xmin(seen.snapshot)
			AND NOT pg_visible_in_snapshot(c.transaction, seen.snapshot)
		LEFT JOIN LATERAL (SELECT * FROM iceberg_tables t WHERE ` + changedState + ` OFFSET 0) t ON true
		LEFT JOIN LATERAL (SELECT * FROM tarn_tag g WHERE ` + changedTags + ` OFFSET 0) g ON true`,
}

const (
	changedColumns = `c.table_namespace, c.table_name, t.table_name IS NOT NULL, coalesce(t.iceberg_type, 'TABLE'), coalesce(t.metadata_location, ''),
		CASE WHEN c.table_name = '' THEN EXISTS (SELECT 1 FROM iceberg_namespace_properties p
			WHERE p.catalog_name = '` + CatalogName + `' AND p.namespace = c.table_namespace) ELSE false END, g.tags`
	changedState = `t.catalog_name = '` + CatalogName + `' AND t.table_namespace = c.table_namespace AND t.table_name = c.table_name`
	changedTags  = `g.table_namespace = c.table_namespace AND g.table_name = c.table_name`
)

// forgetOthers removes what a dump has brought of another server's transactions:
// by this one's count they are to come, so that each look would find them.
func forgetOthers(ctx context.Context, tx metadb.Tx) error {
	if tx.Dialect() != metadb.Postgres {
		return nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM tarn_changed_name WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot())`)
	return err
}

// change is a name that has changed, and what it is now.
type change struct {
	Entry
	there bool // is in the catalog
	made  bool // the name is empty, and its namespace is in the catalog

	tags   []string
	tagged bool // there is a row of its tags
}

// readCatalog reads all of it.
func (l *Lake) readCatalog(ctx context.Context, tx metadb.Tx) (p present, err error) {
	if err := tx.QueryRow(ctx, seenNow[tx.Dialect()]).Scan(&p.seen); err != nil {
		return present{}, err
	}
	entries, err := allPointers(ctx, tx)
	if err != nil {
		return present{}, err
	}
	p.view = l.newView(entries)
	if p.view.made, err = allNamespaces(ctx, tx); err != nil {
		return present{}, err
	}
	p.view.tags, err = allTags(ctx, tx)
	return p, err
}

// readChanged reads what has changed since, in one statement: what it finds was
// there together.
func (l *Lake) readChanged(ctx context.Context, r metadb.Reader, was present) (now present, err error) {
	rows, err := r.Query(ctx, changedSince[r.Dialect()], was.seen)
	if err != nil {
		return present{}, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	now = was
	var changes []change
	for rows.Next() {
		var c change
		var namespace, name, tags sql.NullString
		if err := rows.Scan(&now.seen, &namespace, &name, &c.there, &c.Kind, &c.Location, &c.made, &tags); err != nil {
			return present{}, err
		}
		if !namespace.Valid {
			continue
		}
		c.Name, c.tagged = ident.Table{Namespace: namespace.String, Name: name.String}, tags.Valid
		if c.tagged {
			if c.tags, err = tagsOf(c.Name, tags.String); err != nil {
				return present{}, err
			}
		}
		changes = append(changes, c)
	}
	now.view = was.view.after(changes)
	return now, rows.Err()
}

// after is the view that changes make of v: v itself, where they are none.
func (v *View) after(changes []change) *View {
	tags := v.tags.with(changes)
	changes = slices.DeleteFunc(changes, func(c change) bool {
		at, found := v.find(c.Name)
		same := found == c.there && (!found || v.entries[at] == c.Entry)
		return same && (c.Name.Name != "" || c.made == slices.Contains(v.made, c.Name.Namespace))
	})
	if len(changes) == 0 && tags == v.tags {
		return v
	}
	slices.SortFunc(changes, func(a, b change) int { return compareNames(a.Name, b.Name) })
	next := &View{lake: v.lake, entries: make([]Entry, 0, len(v.entries)+len(changes)), made: slices.Clone(v.made), tags: tags}
	rest := v.entries
	for _, c := range changes {
		at, found := slices.BinarySearchFunc(rest, c.Name, byName)
		next.entries = append(next.entries, rest[:at]...)
		if rest = rest[at:]; found {
			rest = rest[1:]
		}
		if c.there {
			next.entries = append(next.entries, c.Entry)
		}
		if c.Name.Name == "" {
			next.made = slices.DeleteFunc(next.made, func(n string) bool { return n == c.Name.Namespace })
		}
		if c.made {
			next.made = append(next.made, c.Name.Namespace)
		}
	}
	next.entries = append(next.entries, rest...)
	return next
}
