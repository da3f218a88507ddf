//go:build engines

package metadata

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
	"github.com/tarn-lake/tarn/test/engines/dbserver"
)

// catalog is a lake and a tool that writes the same catalog without taking turns.
type catalog struct {
	lake *lake.Lake
	db   *metadb.DB
	tool *sql.DB
}

func newCatalog(t *testing.T, address string) catalog {
	t.Helper()
	db := open(t, address)
	l, err := lake.Open(t.Context(), lake.Options{DB: db, Store: mem.New()})
	if err != nil {
		t.Fatal(err)
	}
	tool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tool.Close(); err != nil {
			t.Error(err)
		}
	})
	return catalog{l, db, tool}
}

// setName points a name at a location, as PyIceberg does.
const setName = `INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location) VALUES ('tarn', 'main', $1, $2)
	ON CONFLICT (catalog_name, table_namespace, table_name) DO UPDATE SET metadata_location = excluded.metadata_location`

// location is where a name of a view points; "" is nowhere.
func location(v *lake.View, name string) string {
	e, _ := v.Entry(ident.Table{Namespace: "main", Name: name})
	return e.Location
}

func (c catalog) want(t *testing.T, want map[string]string) {
	t.Helper()
	v, err := c.lake.Pin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range want {
		if got := location(v, name); got != at {
			t.Errorf("%s is at %q, want %q", name, got, at)
		}
	}
}

// A transaction that began first ends last: what is read in between does not hide
// what it has changed.
func TestChangesAreSeenInWhateverOrderTheyAreCommitted(t *testing.T) {
	c := newCatalog(t, fresh(t))
	c.want(t, map[string]string{"slow": ""})
	slow, err := c.tool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.ExecContext(t.Context(), setName, "slow", "1"); err != nil {
		t.Fatal(err)
	}
	for i, where := range []string{"2", "3"} {
		if _, err := c.tool.ExecContext(t.Context(), setName, "quick", where); err != nil {
			t.Fatal(err)
		}
		c.want(t, map[string]string{"slow": "", "quick": fmt.Sprint(i + 2)})
	}
	if err := slow.Commit(); err != nil {
		t.Fatal(err)
	}
	c.want(t, map[string]string{"slow": "1", "quick": "3"})
}

// Each committer moves two names together, some as Tarn does and some as other
// tools do. Whoever looks after a commit was acknowledged sees it, or what came
// after it, and never one name without the other.
func TestWhatWasAcknowledgedIsSeenWhole(t *testing.T) {
	const committers, commits, pairs = 8, 60, 3
	c := newCatalog(t, fresh(t))
	var mu sync.Mutex
	latest := map[string]int{}
	number := 0
	commit := func(ctx context.Context, own bool, pair string) (n int, err error) {
		move := func(exec func(query string, args ...any) error, next func() (int, error)) error {
			// The first statement locks the pair, so that numbers grow as commits do.
			if err := exec(setName, pair+"_a", "locked"); err != nil {
				return err
			}
			if n, err = next(); err != nil {
				return err
			}
			return errors.Join(exec(setName, pair+"_a", fmt.Sprint(n)), exec(setName, pair+"_b", fmt.Sprint(n)))
		}
		next := func() (int, error) {
			mu.Lock()
			defer mu.Unlock()
			number++
			return number, nil
		}
		if own {
			err = c.db.Update(ctx, func(tx metadb.Tx) error {
				return move(func(query string, args ...any) error {
					_, err := tx.Exec(ctx, query, args...)
					return err
				}, next)
			})
			return n, err
		}
		tx, err := c.tool.BeginTx(ctx, nil)
		if err != nil {
			return 0, err
		}
		defer func() { _ = tx.Rollback() }() // after a commit it is none
		err = move(func(query string, args ...any) error {
			_, err := tx.ExecContext(ctx, query, args...)
			return err
		}, next)
		if err == nil {
			err = tx.Commit()
		}
		return n, err
	}
	group, ctx := errgroup.WithContext(t.Context())
	for w := range committers {
		group.Go(func() error {
			for i := range commits {
				pair := fmt.Sprintf("pair%d", (w+i)%pairs)
				n, err := commit(ctx, w%4 == 0, pair)
				if err != nil {
					return fmt.Errorf("committer %d: %w", w, err)
				}
				mu.Lock()
				latest[pair] = max(latest[pair], n)
				want := latest[pair]
				mu.Unlock()
				v, err := c.lake.Pin(ctx)
				if err != nil {
					return err
				}
				var a, b int
				if _, err := fmt.Sscan(location(v, pair+"_a")+" "+location(v, pair+"_b"), &a, &b); err != nil {
					return fmt.Errorf("%s is at %q and %q: %w", pair, location(v, pair+"_a"), location(v, pair+"_b"), err)
				}
				if a != b || a < want {
					return fmt.Errorf("%s is at %d and %d, and %d was acknowledged", pair, a, b, want)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

// Tags that one process publishes are seen by another, also of a name that stands
// for nothing, and while a transaction that began before is open.
func TestTagsAreSeenByOtherProcesses(t *testing.T) {
	address := fresh(t)
	c, other := newCatalog(t, address), newCatalog(t, address)
	c.want(t, nil)
	slow, err := c.tool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.ExecContext(t.Context(), setName, "slow", "1"); err != nil {
		t.Fatal(err)
	}
	for _, tags := range [][]string{{"pii"}, {"money", "pii"}, {}} {
		if err := other.lake.Publish(t.Context(), lake.Publication{Tags: map[string][]string{"main.daily": tags}}, nil); err != nil {
			t.Fatal(err)
		}
		c.want(t, nil)
		if got, noted := c.lake.Tags().Of("main.daily"); !noted || !slices.Equal(got, tags) {
			t.Errorf("it has %q, %t, want %q", got, noted, tags)
		}
	}
	if err := slow.Rollback(); err != nil {
		t.Error(err)
	}
}

// A tool may be a user of the server that knows of Iceberg's two tables only.
func TestAToolNeedsNoRightsButToIcebergsTables(t *testing.T) {
	address := fresh(t)
	c := newCatalog(t, address)
	c.want(t, nil)
	for _, statement := range []string{
		"CREATE ROLE tool LOGIN", "GRANT SELECT, INSERT, UPDATE, DELETE ON iceberg_tables, iceberg_namespace_properties TO tool",
		"SET ROLE tool", "SET search_path = pg_catalog",
		"INSERT INTO public.iceberg_tables (catalog_name, table_namespace, table_name, metadata_location) VALUES ('tarn', 'main', 'theirs', 'there')",
	} {
		c.tool.SetMaxOpenConns(1)
		if _, err := c.tool.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	c.want(t, map[string]string{"theirs": "there"})
	// The trigger's function writes with the rights of Tarn's user: nobody else may
	// put it behind tables of their own.
	for _, statement := range []string{"CREATE TEMP TABLE iceberg_tables (table_namespace text, table_name text)",
		"CREATE TRIGGER mine AFTER INSERT ON pg_temp.iceberg_tables FOR EACH ROW EXECUTE FUNCTION public.tarn_name_changed()"} {
		_, err := c.tool.ExecContext(t.Context(), statement)
		if trigger := statement[7:14] == "TRIGGER"; (err != nil) != trigger {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// Whoever gives the schema another name does not keep tools from writing.
func TestASchemaThatGotAnotherNameNotesItsChanges(t *testing.T) {
	c := newCatalog(t, fresh(t))
	c.tool.SetMaxOpenConns(1)
	for i, statement := range []string{"ALTER SCHEMA public RENAME TO moved", "SET search_path = moved"} {
		if _, err := c.tool.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(i, err)
		}
	}
	var before string
	for _, where := range []string{"1", "2"} {
		if _, err := c.tool.ExecContext(t.Context(), setName, "daily", where); err != nil {
			t.Fatal(err)
		}
		var noted string
		err := c.tool.QueryRowContext(t.Context(), "SELECT transaction::text FROM tarn_changed_name WHERE table_name = 'daily'").Scan(&noted)
		if err != nil || noted == before {
			t.Errorf("the change to %s is noted as of %q, as the one before (%v)", where, noted, err)
		}
		before = noted
	}
}

// A server that was started again, or restored from another's dump, counts its
// transactions anew.
func TestAServerThatWasStartedAgainIsReadWhole(t *testing.T) {
	server, err := dbserver.StartPostgres(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	c := newCatalog(t, server.URL("postgres"))
	if _, err := c.tool.ExecContext(t.Context(), setName, "daily", "1"); err != nil {
		t.Fatal(err)
	}
	c.want(t, map[string]string{"daily": "1"})
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Nothing notes this change.
	if _, err := server.SQL(t.Context(), "postgres", "ALTER TABLE iceberg_tables DISABLE TRIGGER tarn_moved",
		"UPDATE iceberg_tables SET metadata_location = '2'", "ALTER TABLE iceberg_tables ENABLE ALWAYS TRIGGER tarn_moved",
		"UPDATE tarn_changed_name SET transaction = '1000000000'"); err != nil {
		t.Fatal(err)
	}
	c.want(t, map[string]string{"daily": "2"})
	if _, err := lake.Open(t.Context(), lake.Options{DB: c.db, Store: mem.New()}); err != nil {
		t.Fatal(err)
	}
	left, err := server.SQL(t.Context(), "postgres", "SELECT count(*) FROM tarn_changed_name")
	if err != nil || left != "0" {
		t.Errorf("%s changes of another server's time are left, %v", left, err)
	}
}
