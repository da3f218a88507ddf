package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

const mb = 1_000_000

func limit(memory config.Bytes) config.Limit { return config.Limit{Memory: memory, Running: 3} }

// A user's own memory counts before the groups'; of groups the most.
func TestWhoseMemoryCounts(t *testing.T) {
	o := newOwnEngines(config.Limits{
		Users:  map[string]config.Limit{"ETL": limit(100 * mb), "user:anna": limit(200 * mb), "anna": limit(300 * mb), "bob": limit(0)},
		Groups: map[string]config.Limit{"Small": limit(400 * mb), "large": limit(500 * mb), "bounded": limit(0)},
	}, nil, nil)
	all := []string{"bounded", "large", "small"}
	for _, c := range []struct {
		kind   identity.Kind
		name   string
		groups []string
		want   int64
	}{
		{identity.Service, "etl", all, 100 * mb},
		{identity.User, "anna", nil, 200 * mb},
		{identity.Service, "anna", all, 300 * mb},
		{identity.User, "bob", all, 500 * mb},
		{identity.User, "bob", []string{"bounded", "small"}, 400 * mb},
		{identity.User, "eve", []string{"bounded"}, 0},
		{identity.User, "eve", nil, 0},
		{identity.Local, "etl", nil, 0},
	} {
		var got int64
		if e, own := o.of(policy.Who{Principal: identity.Principal{Kind: c.kind, Name: c.name}, Groups: c.groups}).(*ownEngine); own {
			got = e.memory
		}
		if got != c.want {
			t.Errorf("%s %s in %v has %d bytes, want %d", c.kind, c.name, c.groups, got, c.want)
		}
	}
}

// An instance is opened when somebody needs it, stays as long as there is a
// session and a while longer, and is opened again.
func TestAnInstanceThatNobodyUsesIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		e := &ownEngine{memory: 64 * mb, spill: t.TempDir(), open: func(ctx context.Context, memory int64, spill string) (engine.Engine, error) {
			opened++
			return duckdb.Open(ctx, engine.Options{Class: engine.Reader, MemoryLimit: memory, Threads: 1, SpillDir: spill})
		}}
		session := func() engine.Session {
			t.Helper()
			s, err := e.Session(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		end := func(s engine.Session) {
			t.Helper()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		is := func(open bool, times int) {
			t.Helper()
			synctest.Wait()
			e.mu.Lock()
			defer e.mu.Unlock()
			if got := e.instance != nil; got != open || opened != times {
				t.Errorf("the instance is open: %t, for the %d. time; want %t, %d", got, opened, open, times)
			}
		}
		first, second := session(), session()
		end(first)
		<-time.After(2 * ownIdle)
		is(true, 1)
		end(second)
		<-time.After(ownIdle - time.Second)
		end(session())
		<-time.After(ownIdle - time.Second)
		is(true, 1)
		<-time.After(2 * time.Second)
		is(false, 1)
		last := session()
		if _, err := last.Exec(t.Context(), "SELECT 1"); err != nil {
			t.Error(err)
		}
		is(true, 2)
		end(last)
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		is(false, 2)
		if _, err := e.Session(t.Context()); !errors.Is(err, engine.ErrClosed) {
			t.Errorf("the error is %v", err)
		}
		<-time.After(2 * ownIdle)
		is(false, 2)
	})
}
