package lake

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// entryColumns are those that scanEntries reads. Rows of older tools have no
// iceberg_type: they are tables.
const entryColumns = `table_namespace, table_name, coalesce(iceberg_type, 'TABLE'), coalesce(metadata_location, '')`

func allPointers(ctx context.Context, tx metadb.Tx) ([]Entry, error) {
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM iceberg_tables WHERE catalog_name = ?`, CatalogName)
	if err != nil {
		return nil, err
	}
	return scanEntries(rows)
}

// allNamespaces reads the namespaces that the catalog has rows for.
func allNamespaces(ctx context.Context, tx metadb.Tx) (names []string, err error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT namespace FROM iceberg_namespace_properties WHERE catalog_name = ?`, CatalogName)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func scanEntries(rows *sql.Rows) (entries []Entry, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var e Entry
		if err := rows.Scan(&e.Name.Namespace, &e.Name.Name, &e.Kind, &e.Location); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

// namesakes find the names that may be meant by one. Databases fold ASCII only;
// names with other letters are compared here.
var namesakes = map[metadb.Dialect]string{
	// The plus keeps the primary key out of it, which would read every name.
	metadb.SQLite: `SELECT ` + entryColumns + ` FROM iceberg_tables WHERE +catalog_name = ? AND table_name = ? COLLATE NOCASE
		UNION SELECT ` + entryColumns + ` FROM iceberg_tables INDEXED BY tarn_table_folded WHERE +catalog_name = ? AND table_name GLOB '*[^ -~]*'`,
	metadb.Postgres: `SELECT ` + entryColumns + ` FROM iceberg_tables WHERE catalog_name = ? AND lower(table_name COLLATE "C") = lower(? COLLATE "C")
		UNION SELECT ` + entryColumns + ` FROM iceberg_tables WHERE catalog_name = ? AND table_name COLLATE "C" ~ '[^ -~]'`,
}

// pointer reads the current entry of one name, folded as names are compared.
func pointer(ctx context.Context, tx metadb.Reader, name ident.Table) (Entry, bool, error) {
	rows, err := tx.Query(ctx, namesakes[tx.Dialect()], CatalogName, name.Name, CatalogName)
	if err != nil {
		return Entry{}, false, err
	}
	entries, err := scanEntries(rows)
	var folded *Entry
	for i, e := range entries {
		if e.Name == name {
			return e, true, err
		}
		if e.Name.Key() == name.Key() && folded == nil {
			folded = &entries[i]
		}
	}
	if folded == nil {
		return Entry{}, false, err
	}
	return *folded, true, err
}

// setPointer moves the pointer of a name, or creates it where before is "".
func setPointer(ctx context.Context, tx metadb.Tx, e Entry, before string) error {
	if before != "" {
		_, err := tx.Exec(ctx, `UPDATE iceberg_tables
			SET metadata_location = ?, previous_metadata_location = ?, iceberg_type = ?
			WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?`,
			e.Location, before, e.Kind, CatalogName, e.Name.Namespace, e.Name.Name)
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO iceberg_tables
		(catalog_name, table_namespace, table_name, metadata_location, iceberg_type) VALUES (?, ?, ?, ?, ?)`,
		CatalogName, e.Name.Namespace, e.Name.Name, e.Location, e.Kind); err != nil {
		return err
	}
	// Other tools list a namespace that has this row.
	return setNamespaces(ctx, tx, []string{e.Name.Namespace}, nil)
}

func removePointer(ctx context.Context, tx metadb.Tx, e Entry) error {
	_, err := tx.Exec(ctx, `DELETE FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?`,
		CatalogName, e.Name.Namespace, e.Name.Name)
	return err
}

// setNamespaces makes namespaces, and removes those in which no table is left.
func setNamespaces(ctx context.Context, tx metadb.Tx, made, gone []string) error {
	for _, n := range made {
		if _, err := tx.Exec(ctx, `INSERT INTO iceberg_namespace_properties
			(catalog_name, namespace, property_key, property_value) VALUES (?, ?, 'exists', 'true')
			ON CONFLICT DO NOTHING`, CatalogName, n); err != nil {
			return err
		}
	}
	for _, n := range gone {
		if _, err := tx.Exec(ctx, `DELETE FROM iceberg_namespace_properties WHERE catalog_name = ? AND namespace = ?
			AND NOT EXISTS (SELECT 1 FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ?)`,
			CatalogName, n, CatalogName, n); err != nil {
			return err
		}
	}
	return nil
}
