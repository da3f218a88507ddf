package process

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// onRecord is a statement as tarn queries tells it.
type onRecord struct {
	ID    string `json:"query_id"`
	State string `json:"state"`
	Query string `json:"query"`
	Rows  int    `json:"rows"`
}

func recorded(t *testing.T, p project, args ...string) []onRecord {
	t.Helper()
	var found []onRecord
	if err := json.Unmarshal([]byte(p.must(append([]string{"queries", "--limit", "0", "--output", "json"}, args...)...)), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// The statements that a server ran when it was killed are told as crashed by the
// next command, and those that had ended are not.
func TestStatementsOfAServerThatIsKilledHaveCrashed(t *testing.T) {
	p := newProject(t)
	s := serve(t, p)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	const clients, each = 2, 10
	var running sync.WaitGroup
	for i := range clients {
		c, err := pgx.Connect(ctx, s.postgres)
		if err != nil {
			t.Fatal(err)
		}
		for k := range each {
			if _, err := c.Exec(ctx, fmt.Sprintf("select %d, %d", i, k), pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
		}
		running.Go(func() {
			_, _ = c.Exec(ctx, fmt.Sprintf("select count(*) + %d from range(1000000000000)", i), pgx.QueryExecModeSimpleProtocol)
			_ = c.Close(ctx)
		})
	}
	for len(recorded(t, p, "--running")) < clients {
		if ctx.Err() != nil {
			t.Fatal("the statements do not run")
		}
	}
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.end()
	running.Wait()
	crashed := recorded(t, p, "--crashed")
	for _, r := range crashed {
		if !strings.Contains(r.Query, "range") {
			t.Errorf("%s has crashed: %s", r.ID, r.Query)
		}
	}
	if len(crashed) != clients {
		t.Errorf("%d statements have crashed, want %d", len(crashed), clients)
	}
	finished := 0
	for _, r := range recorded(t, p) {
		if r.State == "finished" && strings.HasPrefix(r.Query, "select") && r.Rows == 1 {
			finished++
		}
	}
	if finished != clients*each {
		t.Errorf("%d statements are finished, want %d", finished, clients*each)
	}
	if left := recorded(t, p, "--running"); len(left) != 0 {
		t.Errorf("statements still run: %+v", left)
	}
}
