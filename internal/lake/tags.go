package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Tags are those with which a project published its tables: policies know a table
// by them from that publication on. A name keeps them when it is dropped, as what
// it stood for can still be read. Nobody changes one.
type Tags struct{ byKey map[string][]string }

// Tags are those of the catalog as this process read it last: of every table that
// a [View] of it shows there are the tags with which that state was published, or
// later ones. It is the same pointer for as long as none change; nil is that
// nothing was read yet, or is in somebody else's catalog.
func (l *Lake) Tags() *Tags {
	p, read := l.present.Last()
	if !read {
		return nil
	}
	return p.view.tags
}

// Of returns the tags of a name, by its key; noted is that it has or had some.
func (t *Tags) Of(key string) (tags []string, noted bool) {
	if t == nil {
		return nil, false
	}
	tags, noted = t.byKey[key]
	return tags, noted
}

// with are the tags that changes make of t: t itself, where they change none.
func (t *Tags) with(changes []change) *Tags {
	var next map[string][]string
	for _, c := range changes {
		key := c.Name.Key()
		if was, noted := t.Of(key); !c.tagged || noted && slices.Equal(was, c.tags) {
			continue
		}
		if next == nil {
			next = map[string][]string{}
			maps.Copy(next, t.byKey)
		}
		next[key] = c.tags
	}
	if next == nil {
		return t
	}
	return &Tags{next}
}

// allTags reads those of all names.
func allTags(ctx context.Context, tx metadb.Tx) (all *Tags, err error) {
	rows, err := tx.Query(ctx, `SELECT table_namespace, table_name, tags FROM tarn_tag`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	all = &Tags{map[string][]string{}}
	for rows.Next() {
		var name ident.Table
		var text string
		if err := rows.Scan(&name.Namespace, &name.Name, &text); err != nil {
			return nil, err
		}
		if all.byKey[name.Key()], err = tagsOf(name, text); err != nil {
			return nil, err
		}
	}
	return all, rows.Err()
}

// tagsOf reads what is kept of a name.
func tagsOf(name ident.Table, text string) (tags []string, err error) {
	if err := json.Unmarshal([]byte(text), &tags); err != nil {
		return nil, fmt.Errorf("the tags of %s in tarn_tag are no JSON list: %w", name, err)
	}
	return tags, nil
}

// noteTagged notes that a name has changed, for those who read what has. It need
// not be in the catalog: what stands beside a table has the tags of its name.
var noteTagged = map[metadb.Dialect]string{
	metadb.SQLite: `INSERT OR REPLACE INTO tarn_changed_name (table_namespace, table_name) VALUES (?, ?)`,
	metadb.Postgres: `INSERT INTO tarn_changed_name (table_namespace, table_name, transaction) VALUES (?, ?, pg_current_xact_id())
		ON CONFLICT (table_namespace, table_name) DO UPDATE SET transaction = excluded.transaction`,
}

// setTags keeps tags by the keys of their names.
func setTags(ctx context.Context, tx metadb.Tx, all map[string][]string) error {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		dot := strings.LastIndexByte(key, '.')
		namespace, name := key[:max(dot, 0)], key[dot+1:]
		text, err := json.Marshal(append([]string{}, all[key]...)) // a list, also of none
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO tarn_tag (table_namespace, table_name, tags) VALUES (?, ?, ?)
			ON CONFLICT (table_namespace, table_name) DO UPDATE SET tags = excluded.tags WHERE tarn_tag.tags <> excluded.tags`, namespace, name, string(text))
		if err == nil && n > 0 {
			_, err = tx.Exec(ctx, noteTagged[tx.Dialect()], namespace, name)
		}
		if err != nil {
			return fmt.Errorf("keep the tags of %s: %w", key, err)
		}
	}
	return nil
}
