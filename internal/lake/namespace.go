package lake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// existsProperty is the row that stands for a namespace itself, as other tools
// write it. It is no property that anybody sees.
const existsProperty = "exists"

// belowNamespace is the first text after all that begin with a namespace and a dot.
func belowNamespace(name string) (from, to string) { return name + ".", name + "/" }

// CreateNamespace makes a namespace; one whose name differs by case alone is
// the same.
func (l *Lake) CreateNamespace(ctx context.Context, name string, properties map[string]string, fn func(metadb.Tx) error) error {
	return l.changeCatalog(ctx, "create namespace "+name, fn, func(tx metadb.Tx) error {
		_, found, err := findNamespace(ctx, tx, name)
		if err != nil {
			return err
		}
		if found {
			return refuse(ErrExists, "Namespace already exists: %s", name)
		}
		if err := setNamespaces(ctx, tx, []string{name}, nil); err != nil {
			return err
		}
		return putNamespaceProperties(ctx, tx, name, properties)
	})
}

// changeCatalog runs a change and what belongs to it in one transaction.
func (l *Lake) changeCatalog(ctx context.Context, what string, fn, change func(metadb.Tx) error) error {
	err := l.db.Update(ctx, func(tx metadb.Tx) error {
		if err := change(tx); err != nil || fn == nil {
			return err
		}
		return fn(tx)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Namespace returns the name as it was made, and the properties.
func (l *Lake) Namespace(ctx context.Context, name string) (exact string, properties map[string]string, err error) {
	err = l.db.View(ctx, func(tx metadb.Tx) error {
		if exact, err = mustFindNamespace(ctx, tx, name); err != nil {
			return err
		}
		properties, err = namespaceProperties(ctx, tx, exact)
		return err
	})
	if err != nil {
		return "", nil, fmt.Errorf("read namespace %s: %w", name, err)
	}
	return exact, properties, nil
}

// NamespaceChange is what becomes of a namespace's properties.
type NamespaceChange struct {
	Set   map[string]string
	Unset []string
	// Removed are those of Unset that went, Missing those that were not there;
	// [Lake.ChangeNamespace] tells.
	Removed, Missing []string
}

// ChangeNamespace takes properties away and sets others.
func (l *Lake) ChangeNamespace(ctx context.Context, name string, c *NamespaceChange, fn func(metadb.Tx) error) error {
	for _, key := range c.Unset {
		if _, both := c.Set[key]; both {
			return refuse(ErrUnprocessable, "Cannot remove and update the same key: %s", key)
		}
	}
	return l.changeCatalog(ctx, "change namespace "+name, fn, func(tx metadb.Tx) error {
		exact, err := mustFindNamespace(ctx, tx, name)
		if err != nil {
			return err
		}
		if err := c.unset(ctx, tx, exact); err != nil {
			return err
		}
		// A namespace that other tools made may have had nothing but properties.
		if err := setNamespaces(ctx, tx, []string{exact}, nil); err != nil {
			return err
		}
		return putNamespaceProperties(ctx, tx, exact, c.Set)
	})
}

func (c *NamespaceChange) unset(ctx context.Context, tx metadb.Tx, name string) error {
	have, err := namespaceProperties(ctx, tx, name)
	if err != nil {
		return err
	}
	c.Removed, c.Missing = nil, nil
	for _, key := range c.Unset {
		if _, found := have[key]; !found {
			c.Missing = append(c.Missing, key)
			continue
		}
		c.Removed = append(c.Removed, key)
		if _, err := tx.Exec(ctx, `DELETE FROM iceberg_namespace_properties
			WHERE catalog_name = ? AND namespace = ? AND property_key = ?`, CatalogName, name, key); err != nil {
			return err
		}
	}
	return nil
}

// DropNamespace removes a namespace in which nothing is left.
func (l *Lake) DropNamespace(ctx context.Context, name string, fn func(metadb.Tx) error) error {
	return l.changeCatalog(ctx, "drop namespace "+name, fn, func(tx metadb.Tx) error {
		exact, err := mustFindNamespace(ctx, tx, name)
		if err != nil {
			return err
		}
		from, to := belowNamespace(exact)
		var inside int
		if err := tx.QueryRow(ctx, `SELECT
			(SELECT count(*) FROM iceberg_tables WHERE catalog_name = ? AND (table_namespace = ? OR `+in(tx, "table_namespace")+`)) +
			(SELECT count(*) FROM iceberg_namespace_properties WHERE catalog_name = ? AND `+in(tx, "namespace")+`)`,
			CatalogName, exact, from, to, CatalogName, from, to).Scan(&inside); err != nil {
			return err
		}
		if inside > 0 {
			return refuse(ErrNotEmpty, "Namespace %s is not empty", exact)
		}
		_, err = tx.Exec(ctx, `DELETE FROM iceberg_namespace_properties WHERE catalog_name = ? AND namespace = ?`, CatalogName, exact)
		return err
	})
}

// ListNamespaces returns the namespaces directly below parent ("" is the top)
// whose names come after a given one, in order, at most limit (0 is all).
func (l *Lake) ListNamespaces(ctx context.Context, parent, after string, limit int) ([]string, error) {
	var names []string
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		if parent != "" {
			exact, err := mustFindNamespace(ctx, tx, parent)
			if err != nil {
				return err
			}
			parent = exact + "."
		}
		all, err := everyNamespace(ctx, tx)
		for _, name := range all {
			if rest, below := strings.CutPrefix(name, parent); below {
				first, _, _ := strings.Cut(rest, ".")
				names = append(names, parent+first)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list namespaces: %w", err)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n <= after })
	if limit > 0 && len(names) > limit {
		names = names[:limit]
	}
	return names, nil
}

// List returns the names of one kind in a namespace that come after a given
// one, in order, at most limit (0 is all).
func (l *Lake) List(ctx context.Context, namespace string, kind EntryKind, after string, limit int) ([]ident.Table, error) {
	if limit <= 0 {
		limit = -1
	}
	var names []ident.Table
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		exact, err := mustFindNamespace(ctx, tx, namespace)
		if err != nil {
			return err
		}
		query := `SELECT ` + entryColumns + ` FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND table_name > ?
			AND coalesce(iceberg_type, 'TABLE') = ? ORDER BY table_name`
		args := []any{CatalogName, exact, after, kind}
		if limit > 0 {
			query, args = query+` LIMIT ?`, append(args, limit)
		}
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		entries, err := scanEntries(rows)
		for _, e := range entries {
			names = append(names, e.Name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", namespace, err)
	}
	return names, nil
}

// namespacesInUse goes from one namespace to the next: it does not read the
// names of all tables.
const namespacesInUse = `WITH RECURSIVE used (namespace) AS (
	SELECT min(table_namespace) FROM iceberg_tables WHERE catalog_name = ?
	UNION ALL
	SELECT (SELECT min(table_namespace) FROM iceberg_tables WHERE catalog_name = ? AND table_namespace > used.namespace)
	FROM used WHERE used.namespace IS NOT NULL)
SELECT namespace FROM used WHERE namespace IS NOT NULL`

// everyNamespace are those that were made and those that only have tables,
// which other tools may have written without them.
func everyNamespace(ctx context.Context, tx metadb.Tx) ([]string, error) {
	names, err := allNamespaces(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, namespacesInUse, CatalogName, CatalogName)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// findNamespace finds a namespace as it was made. One exists also where only
// something below it does.
func findNamespace(ctx context.Context, tx metadb.Tx, name string) (exact string, found bool, err error) {
	from, to := belowNamespace(name)
	var n int
	err = tx.QueryRow(ctx, `SELECT CASE WHEN
		EXISTS (SELECT 1 FROM iceberg_namespace_properties WHERE catalog_name = ? AND (namespace = ? OR `+in(tx, "namespace")+`)) OR
		EXISTS (SELECT 1 FROM iceberg_tables WHERE catalog_name = ? AND (table_namespace = ? OR `+in(tx, "table_namespace")+`))
		THEN 1 ELSE 0 END`, CatalogName, name, from, to, CatalogName, name, from, to).Scan(&n)
	if err != nil || n == 1 {
		return name, n == 1, err
	}
	all, err := everyNamespace(ctx, tx)
	for _, other := range all {
		if ident.Fold(other) == ident.Fold(name) {
			return other, true, err
		}
	}
	return "", false, err
}

func mustFindNamespace(ctx context.Context, tx metadb.Tx, name string) (string, error) {
	exact, found, err := findNamespace(ctx, tx, name)
	if err == nil && !found {
		err = NoNamespace(name)
	}
	return exact, err
}

func namespaceProperties(ctx context.Context, tx metadb.Tx, name string) (properties map[string]string, err error) {
	rows, err := tx.Query(ctx, `SELECT property_key, coalesce(property_value, '') FROM iceberg_namespace_properties
		WHERE catalog_name = ? AND namespace = ? AND property_key <> ?`, CatalogName, name, existsProperty)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	properties = map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, err
		}
		properties[key] = value
	}
	return properties, rows.Err()
}

func putNamespaceProperties(ctx context.Context, tx metadb.Tx, name string, properties map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		if key == existsProperty {
			return refuse(ErrInvalid, "The property %q of namespaces is the catalog's own", key)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO iceberg_namespace_properties (catalog_name, namespace, property_key, property_value)
			VALUES (?, ?, ?, ?) ON CONFLICT (catalog_name, namespace, property_key) DO UPDATE SET property_value = excluded.property_value`,
			CatalogName, name, key, properties[key]); err != nil {
			return err
		}
	}
	return nil
}
