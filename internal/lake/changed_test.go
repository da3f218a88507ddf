package lake

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

// catalogOnly is a lake whose catalog is written past it.
func catalogOnly(t *testing.T, db *metadb.DB) *Lake {
	t.Helper()
	return catalogOver(t, db, mem.New())
}

func catalogOver(t *testing.T, db *metadb.DB, store objstore.Store) *Lake {
	t.Helper()
	l, err := Open(ctx, Options{DB: db, Store: store})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func pin(t *testing.T, l *Lake) *View {
	t.Helper()
	v, err := l.Pin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// asItIs reads the whole catalog.
func asItIs(t *testing.T, db *metadb.DB) (entries []Entry, namespaces []string) {
	t.Helper()
	err := db.View(ctx, func(tx metadb.Tx) (err error) {
		if entries, err = allPointers(ctx, tx); err != nil {
			return err
		}
		namespaces, err = allNamespaces(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(entries, func(a, b Entry) int { return compareNames(a.Name, b.Name) })
	for _, e := range entries {
		namespaces = append(namespaces, e.Name.Namespace)
	}
	slices.Sort(namespaces)
	return entries, slices.Compact(namespaces)
}

// tagsAsTheyAre reads the tags of all names.
func tagsAsTheyAre(t *testing.T, db *metadb.DB) map[string][]string {
	t.Helper()
	var all *Tags
	if err := db.View(ctx, func(tx metadb.Tx) (err error) { all, err = allTags(ctx, tx); return err }); err != nil {
		t.Fatal(err)
	}
	return all.byKey
}

// Whatever is done to the catalog, and by whomever, the next view has it: of one
// name or of many, in transactions that end and in those that do not, by way of
// Tarn or as other tools write the two tables.
func TestAViewHasWhatWasChangedSinceTheLast(t *testing.T) {
	db := openDB(t)
	l := catalogOnly(t, db)
	random := rand.New(rand.NewPCG(7, 11))
	number := 0
	anyName := func() ident.Table {
		return ident.Table{Namespace: fmt.Sprintf("n%d", random.IntN(4)), Name: strings.Repeat("t", 1+random.IntN(3)) + fmt.Sprint(random.IntN(4))}
	}
	fresh := func() string { number++; return fmt.Sprintf("mem:///%d.json", number) }
	insert := `INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location) VALUES (?, ?, ?, ?) `
	const at = ` WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?`
	kinds := []func(tx metadb.Tx, n ident.Table) (string, []any){
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			return insert + `ON CONFLICT DO NOTHING`, []any{CatalogName, n.Namespace, n.Name, fresh()}
		},
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			return insert + `ON CONFLICT (catalog_name, table_namespace, table_name) DO UPDATE SET metadata_location = excluded.metadata_location`,
				[]any{CatalogName, n.Namespace, n.Name, fresh()}
		},
		func(tx metadb.Tx, n ident.Table) (string, []any) {
			if tx.Dialect() == metadb.SQLite {
				return `INSERT OR REPLACE` + strings.TrimPrefix(insert, "INSERT"), []any{CatalogName, n.Namespace, n.Name, fresh()}
			}
			if random.IntN(5) > 0 {
				return `SELECT 1`, nil
			}
			return `TRUNCATE iceberg_tables, iceberg_namespace_properties`, nil
		},
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			return insert + `ON CONFLICT DO NOTHING`, []any{"somebody else's", n.Namespace, n.Name, fresh()}
		},
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			return `UPDATE iceberg_tables SET metadata_location = ?, iceberg_type = 'VIEW'` + at, []any{fresh(), CatalogName, n.Namespace, n.Name}
		},
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			to := anyName()
			return `UPDATE iceberg_tables SET table_namespace = ?, table_name = ?` + at + ` AND NOT EXISTS (SELECT 1 FROM iceberg_tables` + at + `)`,
				[]any{to.Namespace, to.Name, CatalogName, n.Namespace, n.Name, CatalogName, to.Namespace, to.Name}
		},
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			return `DELETE FROM iceberg_tables` + at, []any{CatalogName, n.Namespace, n.Name}
		},
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			return `DELETE FROM iceberg_tables WHERE table_namespace = ?`, []any{n.Namespace}
		},
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			return `INSERT INTO iceberg_namespace_properties VALUES (?, ?, ?, '') ON CONFLICT DO NOTHING`, []any{CatalogName, n.Namespace, n.Name}
		},
		func(_ metadb.Tx, n ident.Table) (string, []any) {
			return `DELETE FROM iceberg_namespace_properties WHERE namespace = ?`, []any{n.Namespace}
		},
	}
	undone := errors.New("undone")
	for step := range 600 {
		var done []string
		err := db.Update(ctx, func(tx metadb.Tx) error {
			for range 1 + random.IntN(4) {
				query, args := kinds[random.IntN(len(kinds))](tx, anyName())
				done = append(done, fmt.Sprint(query, args))
				if _, err := tx.Exec(ctx, query, args...); err != nil {
					return err
				}
			}
			if random.IntN(4) == 0 {
				list := []string{"pii", fmt.Sprint(random.IntN(3))}[random.IntN(3):]
				tags := map[string][]string{anyName().Key(): list}
				done = append(done, fmt.Sprint(tags))
				if err := setTags(ctx, tx, tags); err != nil {
					return err
				}
			}
			if random.IntN(8) == 0 {
				return undone
			}
			return nil
		})
		if err != nil && !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if random.IntN(3) == 0 {
			continue
		}
		v := pin(t, l)
		entries, namespaces := asItIs(t, db)
		if diff := cmp.Diff(entries, v.Entries(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("step %d: after %s the view is not the catalog (-want +got):\n%s", step, done, diff)
		}
		if diff := cmp.Diff(tagsAsTheyAre(t, db), l.Tags().byKey, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("step %d: after %s the tags are not the catalog's (-want +got):\n%s", step, done, diff)
		}
		if diff := cmp.Diff(namespaces, v.Namespaces(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("step %d: after %s the namespaces are not the catalog's (-want +got):\n%s", step, done, diff)
		}
	}
}

// A statement reads the catalog once, and then what has changed: where nothing
// has, the view is the one of before.
func TestACatalogIsReadWholeOnce(t *testing.T) {
	db := openDB(t)
	l := catalogOnly(t, db)
	whole, news := 0, 0
	l.present = metadb.Keep(db, func(ctx context.Context, tx metadb.Tx) (present, error) {
		whole++
		return l.readCatalog(ctx, tx)
	}, func(ctx context.Context, r metadb.Reader, was present) (present, error) {
		now, err := l.readChanged(ctx, r, was)
		if now.view != was.view {
			news++
		}
		return now, err
	})
	change := func(query string, args ...any) {
		t.Helper()
		if err := db.Update(ctx, func(tx metadb.Tx) error { _, err := tx.Exec(ctx, query, args...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	first := pin(t, l)
	change(`INSERT INTO tarn_lake VALUES ('something', 'else')`)
	change(`INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name) VALUES ('not ours', 'main', 'orders')`)
	if pin(t, l) != first {
		t.Error("the view is another one, and nothing of it has changed")
	}
	change(`INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name) VALUES (?, 'main', 'orders')`, CatalogName)
	second := pin(t, l)
	if _, found := second.Entry(name("orders")); !found || pin(t, l) != second {
		t.Error("the second view lacks the table, or was made twice")
	}
	if _, found := first.Entry(name("orders")); found {
		t.Error("the first view has changed")
	}
	if whole != 1 || news != 1 {
		t.Errorf("the catalog was read whole %d times and what has changed %d times, want once each", whole, news)
	}
}
