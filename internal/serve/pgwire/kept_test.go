//go:build duckdb_arrow

package pgwire_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A session keeps nothing of the statements that it has run: their contexts are
// children of its own.
func TestASessionKeepsNothingOfWhatItHasRun(t *testing.T) {
	const times = 5
	s := newServer(t)
	before := runtime.MemProfileRate
	runtime.MemProfileRate = 1 // each allocation
	t.Cleanup(func() { runtime.MemProfileRate = before })
	c := s.connect(t)
	for _, sql := range []string{"SELECT 1", "SELECT nothing", "INSERT INTO orders (id) VALUES (1)"} {
		for range times {
			_, _ = c.PgConn().Exec(t.Context(), sql).ReadAll() // some fail
			_ = c.PgConn().ExecParams(t.Context(), sql, nil, nil, nil, nil).Read()
		}
	}
	if kept := contextsOfPortals(); kept >= times {
		t.Errorf("a session that has run each statement %d times keeps %d contexts", times, kept)
	}
}

// contextsOfPortals is how many contexts there are that portals have made.
func contextsOfPortals() (count int64) {
	for range 2 { // what is found to be free is told of after the next one
		runtime.GC()
	}
	records := make([]runtime.MemProfileRecord, 200_000)
	n, _ := runtime.MemProfile(records, false)
	for _, r := range records[:n] {
		frames, names := runtime.CallersFrames(r.Stack()), []string{}
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			names = append(names, f.Function)
		}
		if slices.Contains(names, "context.WithCancelCause") && slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, "pgwire.(*portal).during") }) {
			count += r.InUseObjects()
		}
	}
	return count
}
