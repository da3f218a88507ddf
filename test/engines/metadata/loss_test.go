//go:build engines

package metadata

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/test/engines/dbserver"
)

var counter = fstest.MapFS{
	"00001_counter.sql": {Data: []byte("-- +goose Up\nCREATE TABLE counter (n BIGINT NOT NULL);\nINSERT INTO counter VALUES (0);\nCREATE TABLE seen (id TEXT PRIMARY KEY);\n")},
}

func open(t *testing.T, address string) *metadb.DB {
	t.Helper()
	db, err := metadb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func openCounter(t *testing.T, address string) *metadb.DB {
	t.Helper()
	db := open(t, address)
	if err := db.Migrate(t.Context(), "counter", counter); err != nil {
		t.Fatal(err)
	}
	return db
}

func add(ctx context.Context, tx metadb.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE counter SET n = n + 1`)
	return err
}

func count(t *testing.T, db *metadb.DB) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx metadb.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT n FROM counter`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// terminate ends all connections to a database.
func terminate(t *testing.T, address string) {
	t.Helper()
	name := address[strings.LastIndex(address, "/")+1:]
	_, err := shared.SQL(t.Context(), "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	if err != nil {
		t.Fatal(err)
	}
}

func TestATransactionWhoseConnectionIsLostRunsAgain(t *testing.T) {
	address := fresh(t)
	db := openCounter(t, address)
	for name, run := range map[string]func(context.Context, func(metadb.Tx) error) error{"Update": db.Update, "Note": db.Note} {
		before, times := count(t, db), 0
		err := run(t.Context(), func(tx metadb.Tx) error {
			times++
			if err := add(t.Context(), tx); err != nil {
				return err
			}
			if times == 1 {
				terminate(t, address)
			}
			return add(t.Context(), tx)
		})
		if got := count(t, db); err != nil || times != 2 || got != before+2 {
			t.Errorf("%s: %v after %d times; the counter went from %d to %d, want 2 more", name, err, times, before, got)
		}
	}
	times := 0
	err := db.View(t.Context(), func(tx metadb.Tx) error {
		times++
		if times == 1 {
			terminate(t, address)
		}
		var n int
		return tx.QueryRow(t.Context(), `SELECT n FROM counter`).Scan(&n)
	})
	if err != nil || times != 2 {
		t.Errorf("View: %v after %d times", err, times)
	}
}

func TestAServerThatIsStartedAgainIsWaitedFor(t *testing.T) {
	server, err := dbserver.StartPostgres(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	db := openCounter(t, server.URL("postgres"))
	times := 0
	err = db.Update(t.Context(), func(tx metadb.Tx) error {
		times++
		if err := add(t.Context(), tx); err != nil {
			return err
		}
		if times == 1 {
			return errors.Join(server.Restart(t.Context()), add(t.Context(), tx))
		}
		return nil
	})
	if n := count(t, db); err != nil || n != 1 || times != 2 {
		t.Errorf("%v after %d times; the counter is %d, want 1", err, times, n)
	}
}

// relay passes bytes on to the server. Armed, it cuts the connection off after
// the server has been sent a COMMIT and before its answer comes back.
type relay struct {
	net.Listener
	to     string
	armed  atomic.Bool
	passes bool // whether the COMMIT gets to the server
	wg     sync.WaitGroup
}

func newRelay(t *testing.T, passes bool) *relay {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l, to: fmt.Sprintf("127.0.0.1:%d", shared.Port), passes: passes}
	r.wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			r.wg.Go(func() { r.serve(client) })
		}
	})
	t.Cleanup(func() { l.Close(); r.wg.Wait() })
	return r
}

func (r *relay) serve(client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).Dial("tcp", r.to)
	if err != nil {
		return
	}
	defer server.Close()
	var cut atomic.Bool
	r.wg.Go(func() {
		defer client.Close()
		buf := make([]byte, 1<<16)
		for {
			n, err := server.Read(buf)
			if cut.Load() || err != nil {
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	})
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if strings.Contains(string(buf[:n]), "COMMIT") && r.armed.CompareAndSwap(true, false) {
			if !r.passes {
				return
			}
			cut.Store(true)
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (r *relay) address(direct string) string {
	return strings.Replace(direct, r.to, r.Addr().String(), 1)
}

func TestAnUpdateThatIsCutOffInItsCommitSaysThatItsFateIsUnknown(t *testing.T) {
	for name, passes := range map[string]bool{"the server got it": true, "the server did not get it": false} {
		t.Run(name, func(t *testing.T) {
			direct := fresh(t)
			relay := newRelay(t, passes)
			db := openCounter(t, relay.address(direct))
			relay.armed.Store(true)
			times := 0
			err := db.Update(t.Context(), func(tx metadb.Tx) error { times++; return add(t.Context(), tx) })
			if !errors.Is(err, metadb.ErrFateUnknown) || times != 1 {
				t.Fatalf("Update = %v after %d times, want a fate that is unknown after one", err, times)
			}
			// Looking in an Update waits until the server has done with it.
			var n int
			err = db.Update(t.Context(), func(tx metadb.Tx) error {
				return tx.QueryRow(t.Context(), `SELECT n FROM counter`).Scan(&n)
			})
			if err != nil || (n == 1) != passes {
				t.Errorf("%v; the counter is %d", err, n)
			}
		})
	}
}

func TestAServerThatIsNotThereIsNamedWithoutItsPassword(t *testing.T) {
	relay := newRelay(t, true)
	address := "postgres://tarn:hidden@" + relay.Addr().String() + "/x?password=hidden&connect_timeout=2"
	relay.Close()
	_, err := metadb.Open(t.Context(), address)
	if !errors.Is(err, metadb.ErrUnreachable) || !strings.Contains(err.Error(), relay.Addr().String()) || strings.Contains(err.Error(), "hidden") {
		t.Errorf("Open = %v", err)
	}
	_, err = metadb.Open(t.Context(), shared.URL("nowhere"))
	if !errors.Is(err, metadb.ErrRefused) || errors.Is(err, metadb.ErrUnreachable) || !strings.Contains(err.Error(), `"nowhere" does not exist`) {
		t.Errorf("a database that is not there: %v", err)
	}
}
